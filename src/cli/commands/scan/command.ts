import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider scan`: the declaration alone. */
export const scan: Command<typeof options> = {
  name: "scan",
  section: "Measuring",
  summary: "Probe whole prefixes or long lists with a spider, without connections",
  about: [
    "Sends a forged packet of each arm to every address and port, in a random order and without " +
    "remembering any, and concludes from the answers what spider measure would: one line of JSON for " +
    "each target that has answered. Targets whose arms differ are measured with connections " +
    "meanwhile.",
    "It does so with a spider whose arms differ by what a single packet can carry, over a connection " +
    "type of which packets can be forged. Only what echoes a keyed hash of its target counts as an " +
    "answer.",
    "Ask whoever runs the network first, and say who you are: spider help scanning.",
    "The spider's own options stand after its name.",
  ],
  positionals: [
    {
      name: "SPIDER",
      summary: "the spider to scan with: a name, ./FILE, a folder with a mod.ts, or https://URL",
    },
    {
      name: "PREFIX",
      summary: "prefixes or addresses to scan, such as 192.0.2.0/24 or 2001:db8::/120",
      optional: true,
      repeated: true,
    },
  ],
  options,
  examples: [
    {
      line: "spider scan ecn 192.0.2.0/24 -p 80 --output results.ndjson",
      does: "Scans a prefix, and measures again what differs.",
    },
    {
      line:
        "spider scan tcpopt --connect tcpsyn --input hitlist.txt -p 443 --output results.ndjson " +
        "--contact noc@example.org --page https://example.org/scan",
      does: "Scans a list of addresses, and says who does.",
    },
    {
      line: "spider scan ecn 198.51.100.0/22 -p 80,443 --shards 2 --shard 0 --seed 7 " +
        "--output first.ndjson",
      does: "Scans half of the targets; another host has --shard 1.",
    },
    {
      line: "spider scan ecn 198.51.100.0/22 -p 80 --output results.ndjson --resume",
      does: "Goes on with a scan that was interrupted.",
    },
    {
      line: "spider scan udpzero 192.0.2.0/24 --connect dnsudp --output-format csv --zmap-fields " +
        "--output answers.csv",
      does: "Writes CSV as those read it who come from zmap.",
    },
    {
      line: "spider scan ecn 10.0.0.0/16 -p 80 --no-default-blocklist --dry-run",
      does: "Says what would be sent, in a lab.",
    },
  ],
  spiders: () => import("../../../plugin/spiders.ts"),
  refine: ({ connect }) => ({ connect: { choices: connect } }),
  load: () => import("./run.ts"),
};
