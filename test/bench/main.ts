/** Prints the table of figures; exits with 1 when one was not reached. */
import { UsageError } from "../../src/host/usage_error.ts";
import { dnsRows } from "./dns.ts";
import { binaryRows } from "./binary.ts";
import { foreignRow } from "./foreign.ts";
import { forgeRows } from "./forge.ts";
import { httpsRows } from "./https.ts";
import { liveRow } from "./live.ts";
import { locateRow } from "./locate.ts";
import { measureRows } from "./measure.ts";
import { memoryRow } from "./memory.ts";
import { observeRows } from "./observe.ts";
import { probeRows } from "./probe.ts";
import { pluginRows } from "./plugins.ts";
import { routesRow } from "./routes.ts";
import { type Row, table } from "./row.ts";
import { startupRow } from "./startup.ts";
import { systemRows } from "./system.ts";
import { tableRows } from "./table.ts";
import { truthRows } from "./truth.ts";

const PARTS: Readonly<Record<string, () => Promise<Row | Row[]>>> = {
  observe: observeRows,
  table: tableRows,
  live: liveRow,
  measure: measureRows,
  foreign: foreignRow,
  system: systemRows,
  https: httpsRows,
  dns: dnsRows,
  forge: forgeRows,
  memory: memoryRow,
  probe: probeRows,
  locate: locateRow,
  routes: routesRow,
  startup: startupRow,
  binary: binaryRows,
  plugins: pluginRows,
};

/** Parts that take long, and are measured only when they are named, alone, with words of their own. */
const ALONE: Readonly<Record<string, (words: readonly string[]) => Promise<Row[]>>> = {
  truth: truthRows,
};

const [first = "", ...words] = Deno.args;
const alone = ALONE[first];
if (alone !== undefined) {
  try {
    finish(await alone(words));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

const chosen = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
const rows: Row[] = [];
for (const name of chosen) {
  const part = PARTS[name];
  if (part === undefined) {
    console.error(
      `there is no part ${name}; there are ${
        [...Object.keys(PARTS), ...Object.keys(ALONE)].join(", ")
      }`,
    );
    Deno.exit(2);
  }
  console.error(`measuring ${name}`);
  rows.push(...[await part()].flat());
}
finish(rows);

function finish(rows: readonly Row[]): never {
  console.log(table(rows));
  Deno.exit(rows.every((row) => row.reached) ? 0 : 1);
}
