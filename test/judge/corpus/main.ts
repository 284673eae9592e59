/**
 * `deno task corpus FOLDER`: compares every flow of every capture below a folder with an independent
 * reading through tshark, with tunnels followed and without. Exit status 0 without differences, 1 with some, 2 for wrong use.
 */
// @ts-types="../../../src/types/parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { isFolder } from "../../../src/host/file_kind.ts";
import { hasTshark } from "../tshark.ts";
import { corpus } from "./corpus.ts";
import { linesOf, progressLine, summaryLines } from "./text.ts";

const USAGE = `deno task corpus FOLDER [--at-once N] [--packets N] [--seconds N] [--memory MIB]
                         [--lines N] [--json]

Captures are pcap and pcapng, also packed; any other file is left out.

  --at-once N    captures to judge at once (2)
  --packets N    packets to compare of each capture at most (200000)
  --seconds N    time for tshark to read one (60); all else may take twice as long again
  --memory MIB   memory for tshark to read one, and for the objects of the judge (2048)
  --lines N      differences to show of each capture (20)
  --json         write a line of JSON for each capture, and one for the summary`;

/** Options with numbers, and what they are without one. */
const NUMBERS = { "at-once": 2, packets: 200_000, seconds: 60, memory: 2048, lines: 20 } as const;
const MEBIBYTE = 2 ** 20;

function refuse(said: string): never {
  console.error(`${said}\n\n${USAGE}`);
  Deno.exit(2);
}

function numberOf(name: keyof typeof NUMBERS): number {
  const text = args[name] as string | undefined;
  if (text === undefined) return NUMBERS[name];
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    refuse(`--${name} takes a whole number from 1 on, not ${text || "nothing"}`);
  }
  return Number(text);
}

const args = parseArgs(Deno.args, {
  string: Object.keys(NUMBERS),
  boolean: ["help", "json"],
  unknown: (argument) => !argument.startsWith("-") || refuse(`what is ${argument}?`),
});
if (args.help) {
  console.log(USAGE);
  Deno.exit(0);
}
const [folder, ...more] = args._.map(String);
if (folder === undefined || more.length > 0) refuse("name one folder with captures");
if (!isFolder(folder)) refuse(`there is no folder ${folder}`);
const [atOnce, packets, seconds, memory, lines] = [
  ...[numberOf("at-once"), numberOf("packets"), numberOf("seconds")],
  ...[numberOf("memory") * MEBIBYTE, numberOf("lines")],
] as const;
if (!hasTshark()) refuse("tshark is not installed: apt install tshark");

const terminal = Deno.stderr.isTerminal();
const overwrite = (text: string) => {
  if (terminal) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
};
const summary = await corpus({
  folder,
  atOnce: atOnce!,
  limits: { packets: packets!, seconds: seconds!, memory: memory!, lines: lines! },
  judged: (path, verdict, soFar, files) => {
    overwrite("");
    if (args.json) console.log(JSON.stringify({ capture: path, ...verdict }));
    else for (const line of linesOf(path, verdict)) console.log(line);
    overwrite(progressLine(soFar, files));
  },
});
overwrite("");
console.log(args.json ? JSON.stringify({ summary }) : summaryLines(summary).join("\n"));
Deno.exit(summary.differences > 0 ? 1 : 0);
