import { attack, FORMS } from "../scan/forged.ts";
import { type FigureRow, grouped } from "./row.ts";
import { size } from "./size.ts";

const FORGED = size(10_000_000, 100_000);

/**
 * Ten million forged answers of each form, to a scan: whether one gets a verdict in. It takes some
 * minutes, so that it is tried only on request: `forged`.
 */
export function forgedRows(): Promise<FigureRow[]> {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]! % 2 ** 31;
  return Promise.resolve(
    Object.entries(FORMS).map(([name, form]): FigureRow => {
      const { answers } = attack(form, FORGED, seed);
      const { foreign, unproven } = answers.counts;
      return {
        work: `${grouped(FORGED)} forged ${name}, of one who knows all but the key and the probes`,
        ours: `${grouped(foreign)} foreign, ${
          grouped(unproven)
        } unproven; ${answers.targets} targets answered`,
        peers: [],
        bound: "none answered",
        reached: answers.targets === 0 && foreign + unproven === FORGED,
      };
    }),
  );
}
