import { binaryRows } from "./binary.ts";
import { dnsRows } from "./dns.ts";
import { experimentRows } from "./experiments.ts";
import { foreignRow } from "./foreign.ts";
import { forgedRows } from "./forged.ts";
import { forgeRows } from "./forge.ts";
import { httpsRows } from "./https.ts";
import { labRows } from "./labs.ts";
import { liveObserveRow } from "./live.ts";
import { locateRow } from "./locate.ts";
import { measureRows } from "./measure.ts";
import { memoryRow } from "./memory.ts";
import { observeRows } from "./observe.ts";
import { pageRow } from "./page.ts";
import { pluginRows } from "./plugins.ts";
import { probeRows } from "./probe.ts";
import { routesRow } from "./routes.ts";
import type { FigureRow } from "./row.ts";
import { scanRows } from "./scan.ts";
import { scanTruthRows } from "./scan_truth.ts";
import { serveRows } from "./serve.ts";
import { startupRow } from "./startup.ts";
import { systemRows } from "./system.ts";
import { tableRows } from "./table.ts";
import { truthRows } from "./truth.ts";

/** The parts of the table, in its order. */
export const PARTS: Readonly<Record<string, () => Promise<FigureRow | FigureRow[]>>> = {
  observe: observeRows,
  table: tableRows,
  live: liveObserveRow,
  measure: measureRows,
  foreign: foreignRow,
  system: systemRows,
  https: httpsRows,
  dns: dnsRows,
  forge: forgeRows,
  scan: scanRows,
  memory: memoryRow,
  probe: probeRows,
  locate: locateRow,
  labs: labRows,
  experiments: experimentRows,
  routes: routesRow,
  serve: serveRows,
  startup: startupRow,
  binary: binaryRows,
  plugins: pluginRows,
  page: pageRow,
};

/** Parts that take long, and are measured only when they are named, alone, with words of their own. */
export const LONG: Readonly<Record<string, (words: readonly string[]) => Promise<FigureRow[]>>> = {
  truth: truthRows,
  scan_truth: scanTruthRows,
  forged: forgedRows,
};
