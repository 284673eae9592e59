/**
 * Prints the table of figures; exits with 1 when one was not reached. Words choose parts; `--quick` makes
 * all sizes small, to see that a part works.
 */
import { UsageError } from "../../src/host/usage_error.ts";
import { LONG, PARTS } from "./parts.ts";
import { type FigureRow, table } from "./row.ts";
import { quick, words } from "./size.ts";

const [first = "", ...rest] = words;
const long = LONG[first];
if (long !== undefined) {
  try {
    finish(await long(rest));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refuse(error.message);
  }
}

const names = words.length > 0 ? words : Object.keys(PARTS);
for (const name of names) {
  if (name in PARTS) continue;
  refuse(`there is no part ${name}; there are ${Object.keys({ ...PARTS, ...LONG }).join(", ")}`);
}
const rows: FigureRow[] = [];
for (const name of names) {
  console.error(`measuring ${name}`);
  rows.push(...await rowsOf(name));
}
finish(rows);

/** A part that fails is a row, so that the others' figures are not lost with it. */
async function rowsOf(name: string): Promise<FigureRow[]> {
  try {
    return [await PARTS[name]!()].flat();
  } catch (error) {
    console.error(error);
    const ours = "failed: see standard error";
    return [{ work: `the part ${name}`, ours, peers: [], bound: "a figure", reached: false }];
  }
}

function refuse(message: string): never {
  console.error(message);
  Deno.exit(2);
}

function finish(rows: readonly FigureRow[]): never {
  console.log(table(rows, quick));
  Deno.exit(rows.some(({ reached }) => reached === false) ? 1 : 0);
}
