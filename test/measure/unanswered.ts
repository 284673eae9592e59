import type { TargetLab } from "../lab/target_lab.ts";

/** How many connections to targets over IPv4, 10.20.0.0/16, have had no answer yet: in the state SYN_SENT. */
export function unanswered(lab: TargetLab): number {
  const read = () => Deno.readTextFileSync("/proc/thread-self/net/tcp");
  return lab.inside(read).match(/^ *\d+: \S+ [\dA-F]{4}140A:\S+ 02 /gm)?.length ?? 0;
}
