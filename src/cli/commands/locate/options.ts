import type { Options } from "../../../contract/option.ts";
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
    minimum: 1,
    maximum: 65_535,
    summary: "TCP port of the hosts",
  },
  repeats: {
    type: "integer",
    short: "q",
    default: 5,
    minimum: 1,
    maximum: 1000,
    summary: "packets of each kind to each hop; fewer than 4 cannot tell a drop from loss",
  },
  "max-ttl": {
    type: "integer",
    short: "m",
    default: 30,
    minimum: 1,
    maximum: 255,
    summary: "greatest number of hops",
  },
  interval: {
    type: "number",
    value: "SECONDS",
    default: 0.2,
    minimum: 0.001,
    maximum: 3600,
    summary:
      "time from one packet to a hop to the next of its kind; routers answer so many a second",
  },
  timeout: {
    type: "number",
    value: "SECONDS",
    default: 1,
    minimum: 0.01,
    maximum: 60,
    summary: "how long to wait for an answer",
  },
  workers: {
    type: "integer",
    short: "w",
    default: 100,
    minimum: 1,
    maximum: 1000,
    summary: "paths that are probed at once",
  },
  ipv4: { type: "boolean", short: "4", summary: "use the IPv4 addresses of names" },
  ipv6: { type: "boolean", short: "6", summary: "use the IPv6 addresses of names" },
  json: { type: "boolean", summary: "write a line of JSON a host" },
} as const satisfies Options;

/** What `spider locate` was asked for. */
export type LocateInvocation = Invocation<ValuesOf<typeof options>>;
