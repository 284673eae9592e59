import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider filter`: the declaration alone. */
export const filter: Command<typeof options> = {
  name: "filter",
  section: "Targets and results",
  summary: "Choose targets or results, and write them as JSON",
  about: [
    "Reads targets in every form that spider measure takes, and writes those that are wanted, one " +
    "line of JSON each, with all their keys. Results of a measurement can be chosen from in the " +
    "same way.",
    "What was left out is counted on standard error, lines that could not be used by their numbers.",
  ],
  positionals: [],
  options,
  examples: [
    {
      line: "spider filter --input top.csv --dp 443 --unique > targets.ndjson",
      does: "Makes a list for port 443 without duplicates.",
    },
    {
      line: "zcat hosts.gz | spider filter -4 --blocklist blocklist.conf --output targets.ndjson",
      does: "Leaves out IPv6, and who does not want to be measured.",
    },
    {
      line: "spider filter --input results.ndjson --prefix 192.0.2.0/24 --prefix 2001:db8::/32",
      does: "Shows the results of two networks.",
    },
  ],
  load: () => import("./run.ts"),
};
