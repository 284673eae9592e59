/**
 * Makes the tables and sessions of the README and of the manual's topics again: what stands between
 * `<!-- begin: NAME -->` and `<!-- end: NAME -->`. Names on the command line choose some of them; what
 * takes long is made only when it is named. `bench:PART` makes the rows of one part of the benchmark again.
 */
import { fileURLToPath } from "node:url";
import { ROOT } from "./imports.ts";
import { pages, partOf, placeOf, replacePart } from "./readme/pages.ts";
import { withRows } from "./readme/rows.ts";
import { bench, demo, locate, session, trace } from "./readme/sessions.ts";
import {
  chainTable,
  commandTable,
  connectionTable,
  environmentTable,
  headline,
  middleboxTable,
  observerTable,
  serviceTable,
  spiderTable,
  topicTable,
  wordTable,
} from "./readme/tables.ts";

const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  session,
  demo,
  trace,
  locate,
  commands: commandTable,
  topics: topicTable,
  spiders: spiderTable,
  chains: chainTable,
  middleboxes: middleboxTable,
  services: () => serviceTable("iut"),
  testers: () => serviceTable("tester"),
  environments: environmentTable,
  observers: observerTable,
  connections: connectionTable,
  words: wordTable,
  bench: () => bench(),
  // Behind the figures that it shows some of
  headline,
};

/** Parts that take half an hour: they are made only when they are named. */
const LONG: typeof PARTS = {
  truth: () => bench("truth"),
};

for (const asked of Deno.args.length > 0 ? Deno.args : Object.keys(PARTS)) {
  const [name = "", part] = asked.split(":");
  const make = name === "bench" && part !== undefined
    ? () => benchRows(part)
    : PARTS[name] ?? LONG[name];
  if (make === undefined) {
    const known = [...Object.keys(PARTS), ...Object.keys(LONG)];
    console.error(`there is no part ${name}; there are ${known.join(", ")}`);
    Deno.exit(2);
  }
  const page = placeOf(name);
  replacePart(page, name, await make());
}

/** The table of the benchmark with the rows of one part made again. */
async function benchRows(part: string): Promise<string> {
  return withRows(partOf(Deno.readTextFileSync(placeOf("bench")), "bench"), await bench(part));
}

const formatted = new Deno.Command(Deno.execPath(), {
  args: ["fmt", "--quiet", ...pages().map((page) => fileURLToPath(page))],
  cwd: fileURLToPath(ROOT),
}).outputSync();
if (!formatted.success) throw new Error(new TextDecoder().decode(formatted.stderr));
