import { Lab } from "../../src/lab/lab.ts";
import type { MiddleboxName } from "../../src/lab/middlebox/registry.ts";
import type { Result } from "../../src/mod.ts";
import { besideBareDns } from "../lab/beside_bare_dns.ts";
import { type HindranceName, HINDRANCES } from "../lab/chance.ts";
import { withFolder } from "./measurement.ts";
import { seconds, spiderCommand } from "./process.ts";

/** One run of `spider measure`, in a lab of its own. */
export interface TruthRun {
  /** The words after `spider measure`. */
  readonly args: readonly string[];
  readonly families: readonly (4 | 6)[];
  /** How many targets of each IP version lie behind each kind of middlebox. */
  readonly targets: Readonly<Partial<Record<MiddleboxName, number>>>;
  readonly hindrance: HindranceName;
}

/** A result, and what its target was. */
export interface TruthResult extends Result {
  readonly middlebox: MiddleboxName;
  readonly family: 4 | 6;
}

/** Measures targets of all kinds, mixed; each has come to one result. */
export async function truthRun(run: TruthRun): Promise<TruthResult[]> {
  using lab = Lab.open();
  await using _ = await HINDRANCES[run.hindrance].put(lab);
  const jobs = jobsOf(lab, run);
  const six = jobs.filter(({ family }) => family === 6).map(({ dip }) => dip);
  let results: TruthResult[] = [];
  const measure = async () => {
    results = await measured(lab, run.args, jobs.map((job) => JSON.stringify(job) + "\n").join(""));
  };
  // Only a server of our own takes datagrams without a checksum over IPv6
  await (run.args[0] === "udpzero" ? besideBareDns(lab.server, six, measure) : measure());
  if (results.length !== jobs.length) throw new Error(`${results.length} of ${jobs.length} came`);
  return results;
}

function jobsOf(lab: Lab, { families, targets }: TruthRun) {
  const kinds = Object.entries(targets) as [MiddleboxName, number][];
  return kinds.flatMap(([middlebox, count]) =>
    families.flatMap((family) =>
      lab.addresses(middlebox, family, count)
        .map((dip, i) => ({ at: i / count, dip, middlebox, family }))
    )
  ).sort((one, other) => one.at - other.at);
}

function measured(lab: Lab, args: readonly string[], input: string): Promise<TruthResult[]> {
  return withFolder(async (folder) => {
    const files = { input: `${folder}/targets`, output: `${folder}/results` };
    Deno.writeTextFileSync(files.input, input);
    await seconds(lab.exec(spiderCommand([
      ...["measure", ...args, "--input", files.input, "--output", files.output],
    ])));
    const lines = Deno.readTextFileSync(files.output).trimEnd().split("\n");
    return lines.map((line): TruthResult => JSON.parse(line));
  });
}
