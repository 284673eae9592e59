import { labWith, many, resultsOf, runOf } from "../lab/simulated/simulating.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const ROUNDS = size(5, 1);
const TARGETS = 1000;
/** Seconds that it may take. */
const MOST = 2;

/** What a measurement in a simulated network costs, where half of the paths break what is measured. */
export async function simulateRow(): Promise<FigureRow> {
  const lab = labWith("{ middlebox: ecn-drop-syn, to: [10.20.2.0/23] }");
  const run = await runOf(lab, "ecn", many(TARGETS));
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const results = await resultsOf(run);
    seconds.push((performance.now() - began) / 1000);
    const broken = results.filter(({ conditions }) => conditions[0] === "ecn.connectivity.broken");
    if (broken.length !== TARGETS - 512) {
      throw new Error(`${broken.length} of ${results.length} targets are broken`);
    }
  }
  const took = median(seconds);
  return {
    work: `simulate ecn, ${grouped(TARGETS)} targets, half of them behind ecn-drop-syn`,
    ours: `${took.toFixed(2)} s`,
    peers: [],
    bound: asked(`${MOST} s`, took <= MOST),
    reached: took <= MOST,
  };
}
