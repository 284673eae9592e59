import { Lab } from "../../src/lab/lab.ts";
import type { Truth } from "../lab/verdicts.ts";
import { measure, said, withFolder } from "./measurement.ts";
import { grouped, type Row } from "./row.ts";

const TARGETS = 12_500;
const DEAD = TARGETS * 0.02;
const BOUND = 100;

const TRUTH: Truth = {
  "transparent": [
    "tsopt.connectivity.works",
    "tsopt.negotiation.succeeded",
    "tsopt.unsolicited.not_seen",
  ],
  "drop-all": ["tsopt.connectivity.offline"],
};

/** Two arms that set the system, by turns and in namespaces, where 2 % of the targets are dead. */
export async function systemRows(): Promise<Row[]> {
  using lab = Lab.open();
  return await withFolder(async (folder) => {
    const rows: Row[] = [];
    for (const isolate of [false, true]) rows.push(await systemRow(lab, folder, isolate));
    return rows;
  });
}

async function systemRow(lab: Lab, folder: string, isolate: boolean): Promise<Row> {
  const came = await measure(lab, folder, {
    args: ["tcpopt", "--option", "ts", "-w", "1000", ...(isolate ? ["--isolate"] : [])],
    targets: { "transparent": TARGETS - DEAD, "drop-all": DEAD },
    truth: TRUTH,
  });
  const rate = TARGETS / came.seconds;
  return {
    work: `measure tcpopt, two system arms${isolate ? " with --isolate" : ""}, ${
      grouped(TARGETS)
    } targets, 2 % dead, -w 1000`,
    ours: `${grouped(rate)} targets/s, ${said(came)}`,
    peers: isolate ? [] : ["PATHspider, as measured elsewhere: 4.5 targets/s"],
    bound: `${BOUND} targets/s, 0 not observed, 0 wrong`,
    reached: rate >= BOUND && came.unobserved + came.wrong === 0,
  };
}
