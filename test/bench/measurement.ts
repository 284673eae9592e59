import type { TargetLab } from "../lab/target_lab.ts";
import type { Result } from "../../src/mod.ts";
import type { Truth } from "../lab/verdicts.ts";
import { seconds, spiderCommand } from "./process.ts";
import { size } from "./size.ts";
import { median } from "./row.ts";

/** How often a run is made whose median counts. */
export const ROUNDS = size(3, 1);

/** The result of a run. */
export interface Count {
  readonly seconds: number;
  readonly unobserved: number;
  readonly wrong: number;
}

/** A run of `spider measure` whose verdicts are known. */
export interface Measurement {
  /** The words after `spider measure`. */
  readonly args: readonly string[];
  /** How many targets behind each middlebox. */
  readonly targets: Readonly<Record<string, number>>;
  readonly truth: Truth;
  /** Keys that every job has. */
  readonly job?: Readonly<Record<string, unknown>>;
}

/** Measures several times, and counts what is wrong: the median of the times, the worst of the rest. */
export async function measure(
  lab: TargetLab,
  folder: string,
  asked: Measurement,
  rounds = ROUNDS,
): Promise<Count> {
  const runs: Count[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await measureOnce(lab, folder, asked));
  return overall(runs);
}

/** The median of the times of some runs, and the worst of the rest. */
export function overall(runs: readonly Count[]): Count {
  return {
    seconds: median(runs.map((run) => run.seconds)),
    unobserved: Math.max(...runs.map((run) => run.unobserved)),
    wrong: Math.max(...runs.map((run) => run.wrong)),
  };
}

async function measureOnce(
  lab: TargetLab,
  folder: string,
  { args, targets, truth, job = {} }: Measurement,
): Promise<Count> {
  const [input, output] = [`${folder}/targets`, `${folder}/results`];
  const jobs = (Object.entries(targets)).flatMap((
    [middlebox, count],
  ) =>
    lab.addresses(middlebox, 4, count)
      .map((dip, i) => ({ at: i / count, job: { dip, middlebox, ...job } }))
  ).sort((a, b) => a.at - b.at);
  Deno.writeTextFileSync(input, jobs.map(({ job }) => JSON.stringify(job) + "\n").join(""));
  const taken = await seconds(
    lab.exec(spiderCommand(["measure", ...args, "--input", input, "--output", output])),
  );
  const lines = Deno.readTextFileSync(output).trimEnd().split("\n");
  const results = lines.map((line): Result => JSON.parse(line));
  if (results.length !== jobs.length) throw new Error(`${results.length} of ${jobs.length} came`);
  const unobserved = results.filter(({ conditions }) =>
    conditions.includes("pathspider.not_observed")
  );
  const wrong = results.filter(({ middlebox, conditions }) =>
    conditions.join() !== truth[String(middlebox)]?.join()
  );
  return {
    seconds: taken,
    unobserved: unobserved.length,
    wrong: wrong.length - unobserved.length,
  };
}

/** What went wrong, as text. */
export function said({ unobserved, wrong }: Count): string {
  return `${unobserved} not observed, ${wrong} wrong`;
}

/** Calls with a folder that is gone afterwards. */
export async function withFolder<T>(call: (folder: string) => Promise<T>): Promise<T> {
  const folder = Deno.makeTempDirSync({ prefix: "spider-bench-" });
  try {
    return await call(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
