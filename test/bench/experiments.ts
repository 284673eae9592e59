import type { ExperimentReport } from "../../src/contract/experiment_report.ts";
import { experimentNames } from "../../src/lab/experiment/bundled.ts";
import { PROGRAM } from "../spider.ts";
import { withFolder } from "./measurement.ts";
import { ran } from "./process.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

/** Seconds that all bundled experiments may take, one after the other. */
const MATRIX_ASKED = 300;
const BUNDLED = size(experimentNames().length, 2);

const ROUNDS = size(5, 1);
const TARGETS = size(1000, 100);
/** Seconds that a simulated experiment may take. */
const SIMULATED_ASKED = 2;

/** What experiments cost: those that ship with the program, and a simulated one. */
export function experimentRows(): Promise<FigureRow[]> {
  return withFolder(async (folder) => {
    // First: the kernel takes a while to clear away the networks of the others
    const simulated = await simulatedRow(folder);
    return [await matrixRow(folder), simulated];
  });
}

async function matrixRow(folder: string): Promise<FigureRow> {
  let seconds = 0;
  const reports: ExperimentReport[] = [];
  for (const name of experimentNames().slice(0, BUNDLED)) {
    const done = await ran([...PROGRAM, "experiment", "run", "--json", "-o", folder, name]);
    seconds += done.seconds;
    reports.push(JSON.parse(done.stdout));
  }
  const tests = reports.flatMap(({ tests }) => tests);
  const others = tests.filter(({ state }) => state !== "completed").length;
  return {
    work: `the ${BUNDLED} bundled experiments, ${grouped(tests.length)} tests, whole processes`,
    ours: `${seconds.toFixed(0)} s, ${others} not as expected`,
    peers: [],
    bound: `all as expected (${asked(`${MATRIX_ASKED} s`, seconds <= MATRIX_ASKED)})`,
    reached: others === 0,
  };
}

async function simulatedRow(folder: string): Promise<FigureRow> {
  const file = `${folder}/simulated.yaml`;
  await Deno.writeTextFile(
    file,
    `name: simulated
tests:
  - name: ecn
    network_environment: simulated
    targets: ${TARGETS / 2}
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [transparent, ecn-drop-syn] }
    expect:
      - when: { middlebox: transparent }
        must: [ecn.negotiation.succeeded]
      - when: { middlebox: ecn-drop-syn }
        must: [ecn.connectivity.broken]
`,
  );
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    seconds.push((await ran([...PROGRAM, "experiment", "run", "-o", folder, file])).seconds);
  }
  const took = median(seconds);
  return {
    work: `a simulated experiment, ecn over http, ${
      grouped(TARGETS)
    } targets, half of them behind ecn-drop-syn, whole process`,
    ours: `${took.toFixed(2)} s, every verdict right`,
    peers: [],
    bound: asked(`${SIMULATED_ASKED} s`, took <= SIMULATED_ASKED),
    reached: took <= SIMULATED_ASKED,
  };
}
