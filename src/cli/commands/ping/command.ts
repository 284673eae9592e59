import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider ping`: the declaration alone. */
export const ping: Command<typeof options> = {
  name: "ping",
  section: "Probing",
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
  load: () => import("./run.ts"),
};
