import type { Options } from "../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "./command.ts";

const options = {
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

/** `spider locate`: the declaration alone. */
export const locate: Command<typeof options> = {
  name: "locate",
  summary: "Find the hop at which packets are changed or dropped",
  about: [
    "Sends TCP SYNs with and without a feature, with times to live from 1 on, all on one 5-tuple, " +
    "and compares what routers quote of them with what was sent. Every field that is changed is " +
    "shown with the interval of hops in which that happens: the last that saw it as it was, and the " +
    "first that saw it changed.",
    "Hops that answer nothing widen the interval. Fields that routers do not quote were not seen, " +
    "which is not the same as unchanged; the target itself quotes nothing of a SYN that it takes. " +
    "What happens on the way back does not show in quotations, and nothing is said of it.",
    "Where a port is answered at a hop at which packets to other ports only expire, something answers " +
    "in the target's place, such as a transparent proxy, and that is said.",
    "Packets are forged and captured, so it needs root.",
  ],
  positionals: [{ name: "HOST", summary: "names or addresses", repeated: true }],
  options,
  examples: [
    {
      line: "spider locate --feature dscp:46 example.org",
      does: "Says where on the path codepoint 46 is changed, or packets with it are dropped.",
    },
    {
      line: "spider locate --feature ecn --port 443 --json 192.0.2.1 2001:db8::1",
      does: "Looks for ECN on two paths, for a script.",
    },
  ],
  load: () => import("./run/locate.ts"),
};
