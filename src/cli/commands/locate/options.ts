import type { Options } from "../../../contract/option.ts";
import { inSeconds, LOCATE_LIMITS, SWEEP } from "../../../run/limits.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The options of its command line. */
export const options = {
  feature: {
    type: "string",
    short: "f",
    value: "FEATURE",
    summary: "what to look for: ecn, dscp:46, mss, tcpopt:8 (by kind), tfo or evilbit",
  },
  interface: {
    type: "string",
    short: "i",
    value: "NAME",
    summary: "network interface; the default is the one by which the kernel sends to the Internet",
  },
  port: {
    type: "integer",
    short: "p",
    default: 80,
    ...LOCATE_LIMITS.port,
    summary: "TCP port of the hosts",
  },
  repeats: {
    type: "integer",
    short: "q",
    default: SWEEP.repeats,
    ...LOCATE_LIMITS.repeats,
    summary: "packets of each kind to each hop; fewer than 4 cannot tell a drop from loss",
  },
  "max-ttl": {
    type: "integer",
    short: "m",
    default: SWEEP.maxTtl,
    ...LOCATE_LIMITS.maxTtl,
    summary: "greatest number of hops",
  },
  interval: {
    type: "number",
    value: "SECONDS",
    default: SWEEP.intervalMs / 1000,
    ...inSeconds(LOCATE_LIMITS.intervalMs),
    summary:
      "time from one packet to a hop to the next of its kind; routers limit their answers per second",
  },
  timeout: {
    type: "number",
    value: "SECONDS",
    default: SWEEP.timeoutMs / 1000,
    ...inSeconds(LOCATE_LIMITS.timeoutMs),
    summary: "how long to wait for an answer",
  },
  workers: {
    type: "integer",
    short: "w",
    default: 100,
    ...LOCATE_LIMITS.workers,
    summary: "paths that are probed at once",
  },
  ipv4: { type: "boolean", short: "4", summary: "use the IPv4 addresses of names" },
  ipv6: { type: "boolean", short: "6", summary: "use the IPv6 addresses of names" },
  json: { type: "boolean", summary: "write a line of JSON a host" },
} as const satisfies Options;

/** What `spider locate` was asked for. */
export type LocateInvocation = Invocation<ValuesOf<typeof options>>;
