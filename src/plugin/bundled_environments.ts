import type { Environment } from "../contract/environment.ts";

/** The environments that ship with the program: a new one is a file and a line here. */
export const ENVIRONMENTS: Readonly<Record<string, () => Promise<{ default: Environment }>>> = {
  gperf_cpu: () => import("../../plugins/environments/gperf_cpu.ts"),
  gperf_heap: () => import("../../plugins/environments/gperf_heap.ts"),
  helgrind: () => import("../../plugins/environments/helgrind.ts"),
  localhost: () => import("../../plugins/environments/localhost.ts"),
  memcheck: () => import("../../plugins/environments/memcheck.ts"),
  netns: () => import("../../plugins/environments/netns.ts"),
  podman: () => import("../../plugins/environments/podman.ts"),
  simulated: () => import("../../plugins/environments/simulated.ts"),
  strace: () => import("../../plugins/environments/strace.ts"),
  tcpdump: () => import("../../plugins/environments/tcpdump.ts"),
  time: () => import("../../plugins/environments/time.ts"),
};
