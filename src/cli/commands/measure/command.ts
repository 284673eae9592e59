import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider measure`: the declaration alone. */
export const measure: Command<typeof options> = {
  name: "measure",
  section: "Measuring",
  summary: "Measure the path to each target with a spider",
  about: [
    "Opens a baseline connection and an experimental one to each target, watches both on the " +
    "wire, and writes what follows from them, one line of JSON a target.",
    "Targets are JSON objects (dip, dp, domain, rank), CSV (rank,domain; dip,dp; dip,domain; " +
    "dip,dp,domain; dip,dp,domain,rank; or with a header, where url or origin may name the host), " +
    "or one address, name or URL a line, with a port or without; names are for a spider that asks " +
    "for them. A comment stands behind a blank and #; gzip is unpacked.",
    "When the first target begins, and after every thousand, an address that no host can have " +
    "(RFC 5737, RFC 3849) is connected to as well. When it answers, something near does so for " +
    "everyone, and a warning and the manifest say it.",
    "The spider's own options stand after its name.",
  ],
  positionals: [{
    name: "SPIDER",
    summary: "the spider to measure with: a name, ./FILE, a folder with a mod.ts, or https://URL",
  }],
  options,
  examples: [
    {
      line: "spider measure ecn --input targets.ndjson --output results.ndjson",
      does: "Measures ECN to the targets of a file.",
    },
    {
      line: "zcat top.csv.gz | spider measure ecn -i eth0 -w 500 --connect http > results.ndjson",
      does: "Measures with HTTP, 500 targets at once, from standard input.",
    },
    {
      line: "spider measure ecn --input targets.ndjson --output results.ndjson --resume",
      does: "Goes on with a run that was interrupted.",
    },
    {
      line: "spider measure dscp --codepoint 46 --locate --input targets.ndjson",
      does: "Says also where on a path the codepoint is changed, or its packets dropped.",
    },
    {
      line: "spider measure ecn --input targets.ndjson --calibrate -w 2000",
      does: "Says how many targets at once this host observes without a gap.",
    },
    {
      line: "spider measure https://example.org/ecn_strict.ts --trust < targets.csv",
      does: "Measures with a spider from the web, which runs without any access of its own.",
    },
  ],
  spiders: () => import("../../../plugin/spiders.ts"),
  refine: ({ connect }) => ({ connect: { choices: connect, default: connect[0] } }),
  load: () => import("./run.ts"),
};
