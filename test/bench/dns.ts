import { Lab } from "../../src/lab/lab.ts";
import type { Result } from "../../src/mod.ts";
import { UDPZERO_TRUTH } from "../lab/udpzero_truth.ts";
import { seconds, spiderCommand } from "./process.ts";
import { grouped, median, type Row } from "./row.ts";

const TARGETS = 10_000;
const ROUNDS = 3;
const WORKERS = 500;
const AIM = 3000;

/** DNS over UDP: two questions a target, as fast as they go. */
export async function dnsRows(): Promise<Row[]> {
  using lab = Lab.open();
  const folder = Deno.makeTempDirSync({ prefix: "spider-bench-" });
  try {
    const [input, output] = [`${folder}/targets`, `${folder}/results`];
    Deno.writeTextFileSync(input, lab.addresses("transparent", 4, TARGETS).join("\n"));
    const line = lab.exec(spiderCommand([
      ...["measure", "udpzero", "--connect", "dnsudp", "-w", String(WORKERS)],
      ...["--input", input, "--output", output],
    ]));
    const taken: number[] = [];
    let [unobserved, wrong] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      taken.push(await seconds(line));
      const results = Deno.readTextFileSync(output).trimEnd().split("\n")
        .map((line): Result => JSON.parse(line));
      if (results.length !== TARGETS) throw new Error(`${results.length} of ${TARGETS} came`);
      for (const { conditions: [condition] } of results) {
        if (condition === "pathspider.not_observed") unobserved++;
        else if (condition !== UDPZERO_TRUTH.transparent.takes) wrong++;
      }
    }
    const rate = TARGETS / median(taken);
    return [{
      work: `measure udpzero dnsudp, ${
        grouped(TARGETS)
      } live targets, -w ${WORKERS}, whole process`,
      ours: `${grouped(rate)} targets/s, ${unobserved} not observed, ${wrong} wrong`,
      peers: [],
      bound: `${grouped(AIM)} targets/s, 0 not observed, 0 wrong`,
      reached: rate >= AIM && unobserved + wrong === 0,
    }];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
