import { TargetLab } from "../lab/target_lab.ts";
import type { Truth } from "../lab/verdicts.ts";
import { bareWork, ratedRow } from "./beside_bare.ts";
import { withFolder } from "./measurement.ts";
import { type FigureRow, grouped } from "./row.ts";
import { size } from "./size.ts";

const TARGETS = size(12_500, 500);
const WORKERS = 1000;
const DEAD = TARGETS * 0.02;
const ASKED = 100;
/** The least share of the bare loop: its connections wait for dead targets all at once, ours arm by arm. */
const SHARE = 0.2;

const TRUTH: Truth = {
  "transparent": [
    "tsopt.connectivity.works",
    "tsopt.negotiation.succeeded",
    "tsopt.unsolicited.not_seen",
  ],
  "drop": ["tsopt.connectivity.offline"],
};

/** Two arms that set the system, by turns and in namespaces, where 2 % of the targets are dead. */
export async function systemRows(): Promise<FigureRow[]> {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  return await withFolder(async (folder) => {
    const rows: FigureRow[] = [];
    for (const isolate of [false, true]) rows.push(await systemRow(lab, folder, isolate));
    return rows;
  });
}

function systemRow(lab: TargetLab, folder: string, isolate: boolean): Promise<FigureRow> {
  return ratedRow(lab, folder, {
    work: `measure tcpopt, two system arms${isolate ? " with --isolate" : ""}, ${
      grouped(TARGETS)
    } targets, 2 % dead, -w ${WORKERS}`,
    measurement: {
      args: [
        ...["tcpopt", "--option", "ts", "-w", String(WORKERS)],
        ...isolate ? ["--isolate"] : [],
      ],
      targets: { "transparent": TARGETS - DEAD, "drop": DEAD },
      truth: TRUTH,
    },
    bare: bareWork("tcp", WORKERS),
    share: SHARE,
    asked: ASKED,
    peers: isolate ? [] : ["PATHspider, as measured elsewhere: 4.5 targets/s"],
  });
}
