import { Lab } from "../../src/lab/lab.ts";
import type { Result } from "../../src/mod.ts";
import { ECN_TRUTH, type EcnBoxName } from "../lab/ecn_truth.ts";
import { seconds, spiderCommand } from "./process.ts";
import { grouped, median, type Row } from "./row.ts";

const TARGETS = 10_000;
const ROUNDS = 3;
const TIMEOUT = 5;

interface Count {
  readonly seconds: number;
  readonly unobserved: number;
  readonly wrong: number;
}

/** The path of each target: `middlebox` is the key in its job. */
type Asked = readonly (readonly [EcnBoxName, readonly string[]])[];

async function measure(
  lab: Lab,
  folder: string,
  asked: Asked,
  connect: "tcp" | "http",
  workers: number,
): Promise<Count> {
  const [input, output] = [`${folder}/targets`, `${folder}/results`];
  const jobs = asked.flatMap(([middlebox, addresses]) =>
    addresses.map((dip, i) => ({ at: i / addresses.length, job: { dip, dp: 80, middlebox } }))
  ).sort((a, b) => a.at - b.at);
  Deno.writeTextFileSync(input, jobs.map(({ job }) => JSON.stringify(job) + "\n").join(""));
  const taken = await seconds(lab.exec(spiderCommand([
    ...["measure", "ecn", "--connect", connect, "-w", String(workers)],
    ...["--timeout", String(TIMEOUT), "--input", input, "--output", output],
  ])));
  const lines = Deno.readTextFileSync(output).trimEnd().split("\n");
  const results = lines.map((line): Result => JSON.parse(line));
  if (results.length !== jobs.length) throw new Error(`${results.length} of ${jobs.length} came`);
  const unobserved = results.filter(({ conditions }) =>
    conditions.includes("pathspider.not_observed")
  );
  const wrong = results.filter(({ middlebox, conditions }) =>
    conditions.join() !== ECN_TRUTH[middlebox as EcnBoxName][connect].join()
  );
  return {
    seconds: taken,
    unobserved: unobserved.length,
    wrong: wrong.length - unobserved.length,
  };
}

/** Live targets as fast as they go, and a mix with dead ones and middleboxes. */
export async function measureRows(): Promise<Row[]> {
  using lab = Lab.open();
  const folder = Deno.makeTempDirSync({ prefix: "spider-bench-" });
  try {
    const live: Asked = [["transparent", lab.addresses("transparent", 4, TARGETS)]];
    const rows = [];
    for (const workers of [100, 500]) {
      const runs: Count[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        runs.push(await measure(lab, folder, live, "tcp", workers));
      }
      const rate = TARGETS / median(runs.map((run) => run.seconds));
      const faults = worst(runs);
      rows.push({
        work: `measure ecn tcp, ${grouped(TARGETS)} live targets, -w ${workers}, whole process`,
        ours: `${grouped(rate)} targets/s, ${said(faults)}`,
        peers: ["PATHspider, as measured elsewhere, 20 workers: 15 targets/s, 31 % not observed"],
        bound: "2,000 targets/s, aim 5,000, 0 not observed, 0 wrong",
        reached: rate >= 2000 && faults.unobserved + faults.wrong === 0,
      });
    }
    rows.push(await mixedRow(lab, folder));
    return rows;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** 2 % dead targets and five kinds of middlebox. */
async function mixedRow(lab: Lab, folder: string): Promise<Row> {
  const kinds = ["drop-ecn-syn", "clear-ecn", "set-ce", "refuse", "reflect"] as const;
  const dead = TARGETS * 0.02;
  const asked: Asked = [
    ["drop-all", lab.addresses("drop-all", 4, dead)],
    ...kinds.map((kind) => [kind, lab.addresses(kind, 4, 250)] as const),
    ["transparent", lab.addresses("transparent", 4, TARGETS - dead - kinds.length * 250)],
  ];
  const runs: Count[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    runs.push(await measure(lab, folder, asked, "http", 1000));
  }
  const taken = median(runs.map((run) => run.seconds));
  const faults = worst(runs);
  const allowed = TIMEOUT + TARGETS / 2000;
  return {
    work: `measure ecn http, ${grouped(TARGETS)} targets, 2 % dead, five kinds of middlebox`,
    ours: `${taken.toFixed(1)} s, ${said(faults)}`,
    peers: [
      "PATHspider, as measured elsewhere, 1,000 targets: 224 s, 324 not observed, every dropping path wrong",
    ],
    bound: `timeout + targets/2,000 = ${allowed} s, every verdict right`,
    reached: taken <= allowed && faults.unobserved + faults.wrong === 0,
  };
}

function worst(runs: readonly Count[]): { unobserved: number; wrong: number } {
  return {
    unobserved: Math.max(...runs.map((run) => run.unobserved)),
    wrong: Math.max(...runs.map((run) => run.wrong)),
  };
}

function said({ unobserved, wrong }: { unobserved: number; wrong: number }): string {
  return `${unobserved} not observed, ${wrong} wrong`;
}
