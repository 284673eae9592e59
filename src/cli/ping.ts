import type { Options } from "../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "./command.ts";
import { probeOptions, protocolOption } from "./probe_options.ts";

const options = {
  protocol: { ...protocolOption, default: "icmp" },
  queries: {
    type: "integer",
    short: "q",
    minimum: 1,
    maximum: 1_000_000,
    summary: "probes a host; the default is 4, with --watch no end",
  },
  interval: {
    type: "number",
    short: "i",
    value: "SECONDS",
    default: 1,
    minimum: 0.001,
    maximum: 86_400,
    summary: "time from one probe of a host to the next",
  },
  ...probeOptions,
} as const satisfies Options;

/** What `spider ping` was asked for. */
export type PingInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider ping`: the declaration alone. */
export const ping: Command<typeof options> = {
  name: "ping",
  summary: "Measure loss and round-trip times to many hosts",
  about: [
    "Sends probes to all hosts at the same time, through one mtr-packet. Sending takes root, or an " +
    "mtr-packet with CAP_NET_RAW; MTR_PACKET names another executable. Ctrl-C ends in order. Times are " +
    "in milliseconds.",
  ],
  positionals: [{ name: "HOST", summary: "names or addresses", repeated: true }],
  options,
  examples: [
    { line: "spider ping example.org 192.0.2.1", does: "Sends four probes to each host." },
    {
      line: "spider ping -P tcp -p 443 --tos 184 --json example.org",
      does: "Probes a TCP port with DSCP 46, and writes JSON.",
    },
  ],
  load: () => import("./run/ping.ts"),
};
