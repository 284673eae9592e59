import { Lab } from "../../src/lab/lab.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { growthRow } from "./memory.ts";
import { type Live, liveRow, withFolder } from "./measurement.ts";
import type { Row } from "./row.ts";

const TARGETS = 3000;
/** In one process, whose memory is looked at. */
const TRANSFERS = 100_000;

/** Two arms over HTTP: over TLS each is a handshake of its own, and the server shares the machine. */
const LIVE: readonly Live[] = [
  ...[100, 500].map((workers) => ({
    args: ["h2", "--connect", "https"],
    count: TARGETS,
    workers,
    truth: ["h2.connectivity.works", "h2.upgrade.success"],
    bound: 300,
  })),
  {
    args: ["ecn", "--connect", "https"],
    count: TARGETS,
    workers: 100,
    truth: ECN_TRUTH.transparent.http,
    bound: 300,
  },
  {
    args: ["h2", "--connect", "http"],
    count: TARGETS * 3,
    workers: 500,
    truth: ["h2.connectivity.works", "h2.upgrade.failed"],
    bound: 1500,
  },
];

/** Live targets over HTTPS, and HTTP/2. */
export async function httpsRows(): Promise<Row[]> {
  using lab = Lab.open();
  return await withFolder(async (folder) => {
    const rows: Row[] = [];
    for (const live of LIVE) rows.push(await liveRow(lab, folder, live));
    rows.push(await growthRow(["h2", "--connect", "https", "-w", "100"], TRANSFERS / 2));
    return rows;
  });
}
