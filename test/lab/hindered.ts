import type { Result } from "../../src/mod.ts";
import { results } from "../spider.ts";
import { boxesOf } from "./boxes.ts";
import { besideBareDns } from "./beside_bare_dns.ts";
import { type HindranceName, HINDRANCES } from "./chance.ts";
import { TargetLab } from "./target_lab.ts";

/** One run of `spider measure`, in a lab of its own. */
export interface HinderedRun {
  /** The words after `spider measure`. */
  readonly args: readonly string[];
  readonly families: readonly (4 | 6)[];
  /** How many targets of each IP version lie behind each middlebox. */
  readonly targets: Readonly<Record<string, number>>;
  readonly hindrance: HindranceName;
}

/** A result, and what its target was. */
export interface HinderedResult extends Result {
  readonly middlebox: string;
  readonly family: 4 | 6;
}

/**
 * Measures targets of all kinds, mixed, behind a hindrance.
 *
 * @throws {Error} when one of them does not have exactly one result
 */
export async function hindered(run: HinderedRun): Promise<HinderedResult[]> {
  await using lab = await TargetLab.open({
    boxes: boxesOf(Object.keys(run.targets)),
    services: [run.args.includes("dnsudp") ? "unbound" : "nginx"],
  });
  await using _ = await HINDRANCES[run.hindrance].put(lab);
  const jobs = jobsOf(lab, run);
  const six = jobs.filter(({ family }) => family === 6).map(({ dip }) => dip);
  let found: HinderedResult[] = [];
  const measure = async () => {
    const { out, err, code } = await lab.spider(["measure", ...run.args], {
      input: jobs.map((job) => JSON.stringify(job) + "\n").join(""),
    });
    found = results(out) as unknown as HinderedResult[];
    if (found.length === jobs.length) return;
    throw new Error(`${found.length} of ${jobs.length} results came, status ${code}: ${err}`);
  };
  // Only a server of our own takes datagrams without a checksum over IPv6
  await (run.args[0] === "udpzero" ? besideBareDns(lab.server, six, measure) : measure());
  return found;
}

function jobsOf(lab: TargetLab, { families, targets }: HinderedRun) {
  const kinds = Object.entries(targets);
  return kinds.flatMap(([middlebox, count]) =>
    families.flatMap((family) =>
      lab.addresses(middlebox, family, count)
        .map((dip, i) => ({ at: i / count, dip, middlebox, family }))
    )
  ).sort((one, other) => one.at - other.at);
}
