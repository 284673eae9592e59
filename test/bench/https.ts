import { TargetLab } from "../lab/target_lab.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { growthRow } from "./memory.ts";
import { type Live, liveRow } from "./beside_bare.ts";
import { withFolder } from "./measurement.ts";
import type { FigureRow } from "./row.ts";
import { size } from "./size.ts";

const TARGETS = size(3000, 100);
/** In one process, whose memory is looked at. */
const TRANSFERS = size(100_000, 400);

/** Two arms over HTTP: over TLS each is a handshake of its own, and the server shares the machine. */
const LIVE: readonly Live[] = [
  ...[100, 500].map((workers): Live => ({
    args: ["h2", "--connect", "https"],
    count: TARGETS,
    workers,
    truth: ["h2.connectivity.works", "h2.upgrade.success"],
    calls: "h2",
    share: 0.6,
    asked: 300,
  })),
  {
    args: ["ecn", "--connect", "https"],
    count: TARGETS,
    workers: 100,
    truth: ECN_TRUTH.transparent.http,
    calls: "https",
    share: 0.6,
    asked: 300,
  },
  {
    args: ["h2", "--connect", "http"],
    count: TARGETS * 3,
    workers: 500,
    truth: ["h2.connectivity.works", "h2.upgrade.failed"],
    calls: "http",
    share: 0.2,
    asked: 1500,
  },
];

/** Live targets over HTTPS, and HTTP/2. */
export async function httpsRows(): Promise<FigureRow[]> {
  await using lab = await TargetLab.open();
  return await withFolder(async (folder) => {
    const rows: FigureRow[] = [];
    for (const live of LIVE) rows.push(await liveRow(lab, folder, live));
    rows.push(await growthRow(["h2", "--connect", "https", "-w", "100"], TRANSFERS / 2));
    return rows;
  });
}
