import type { Command } from "../../command.ts";
import { REMOTE_COMMANDS } from "./names.ts";
import { options } from "./options.ts";

/** `spider remote`: the declaration alone. */
export const remote: Command<typeof options> = {
  name: "remote",
  section: "Measuring",
  summary: "Run a command on a server as if it were local",
  about: [
    "The server is one that spider serve runs. What follows the COMMAND is as it is for the command of " +
    "this host, and so is what it writes; what makes no sense on a server is refused. Options of spider " +
    "remote itself stand before the COMMAND.",
    "A measurement goes on when the connection breaks, and is followed again as soon as there is one. " +
    "Results are written when the server's turn for them has ended, so that none is there twice. Ctrl-C asks " +
    "the server to end it, and takes what was measured; a second one leaves at once, and the server goes on.",
    "A key is never given on the command line, where others see it, and over http it is sent to this host " +
    "alone, unless --insecure-http says otherwise.",
  ],
  positionals: [
    { name: "URL", summary: "where the server is, such as https://vantage.example.org:8642" },
    {
      name: "COMMAND",
      summary: "what it is to run: measure, ping, trace or locate",
      optional: true,
      choices: () => Promise.resolve(REMOTE_COMMANDS),
    },
    { name: "ARGUMENTS", summary: "of the command", optional: true, repeated: true },
  ],
  passes: 2,
  options,
  examples: [
    {
      line: "spider remote https://vantage.example.org:8642 measure ecn --input targets.ndjson " +
        "--output results.ndjson",
      does: "Measures ECN from there, with the key that the variable SPIDER_KEY holds.",
    },
    {
      line: "spider remote --key-file key https://vantage.example.org:8642 trace 192.0.2.1",
      does: "Traces the path from there.",
    },
    {
      line:
        "spider remote --detach https://vantage.example.org:8642 measure ecn -w 50 < targets.csv",
      does: "Asks for a measurement, and prints its id.",
    },
    {
      line: "spider remote --attach 63962a7caf0e9ff4b7a02e01 https://vantage.example.org:8642",
      does: "Writes the results of one, and follows it to its end.",
    },
  ],
  load: () => import("./run.ts"),
};
