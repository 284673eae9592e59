import { TargetLab } from "../lab/target_lab.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { bareWork, type Live, liveRow, ratedRow } from "./beside_bare.ts";
import { measure, withFolder } from "./measurement.ts";
import { type FigureRow, grouped } from "./row.ts";
import { size } from "./size.ts";

const TARGETS = size(10_000, 500);
const TIMEOUT = 5;
/** What the mix has behind it, besides the dead ones. */
const KINDS = ["ecn-drop-syn", "ecn-clear", "ecn-set-ce", "reset", "ecn-reflect"] as const;
const DEAD = "drop";
/** Targets of the mix under way at once. */
const WORKERS = 1000;

/** Every spider over sockets, as fast as live targets go. */
const LIVE: readonly Live[] = [
  ...[100, 500].map((workers): Live => ({
    args: ["ecn", "--connect", "tcp"],
    count: TARGETS,
    workers,
    truth: ECN_TRUTH.transparent.tcp,
    calls: "tcp",
    share: 0.3,
    asked: 2000,
    peers: ["PATHspider, as measured elsewhere, 20 workers: 15 targets/s, 31 % not observed"],
  })),
  {
    args: ["dscp", "--connect", "tcp"],
    count: TARGETS,
    workers: 500,
    truth: ["dscp.48.connectivity.works", "dscp.0.replymark:0", "dscp.48.replymark:0"],
    calls: "tcp",
    share: 0.3,
    asked: 2000,
  },
  {
    args: ["mss", "--connect", "tcp"],
    count: TARGETS,
    workers: 500,
    truth: [
      "mss.connectivity.online",
      "mss.option.local.value:1460",
      "mss.option.remote.value:1460",
      "mss.option.received.unchanged",
    ],
    calls: "tcp",
    share: 0.3,
    asked: 2000,
  },
  {
    args: ["tfo", "--connect", "tcp"],
    connections: 3,
    count: TARGETS,
    workers: 500,
    truth: ["tfo.connectivity.works", "tfo.cookie.received"],
    calls: "tcp",
    share: 0.25,
    asked: 2000,
  },
  {
    args: ["tfo", "--connect", "http"],
    connections: 3,
    count: TARGETS,
    workers: 500,
    truth: ["tfo.connectivity.works", "tfo.cookie.received", "tfo.syndata.acked"],
    calls: "http",
    share: 0.25,
    asked: 1500,
  },
  {
    args: ["ecn", "--connect", "http"],
    count: TARGETS,
    workers: 500,
    truth: ECN_TRUTH.transparent.http,
    calls: "http",
    share: 0.3,
    asked: 1500,
  },
];

/** Live targets as fast as they go, and a mix with dead ones and middleboxes. */
export async function measureRows(): Promise<FigureRow[]> {
  await using lab = await TargetLab.open({ boxes: [DEAD, ...KINDS] });
  return await withFolder(async (folder) => {
    const rows: FigureRow[] = [];
    for (const live of LIVE) rows.push(await liveRow(lab, folder, live));
    rows.push(await mixedRow(lab, folder));
    return rows;
  });
}

/** 2 % dead targets and five kinds of middlebox. */
async function mixedRow(lab: TargetLab, folder: string): Promise<FigureRow> {
  const [dead, each] = [TARGETS * 0.02, Math.round(TARGETS * 0.025)];
  const allowed = TIMEOUT + TARGETS / 2000;
  const args = ["ecn", "--connect", "http", "-w", String(WORKERS), "--timeout", String(TIMEOUT)];
  const truth = Object.fromEntries(
    Object.entries(ECN_TRUTH).map(([kind, { http }]) => [kind, http]),
  );
  // Whichever target begins last may be such a one
  const silent = await measure(lab, folder, { args, targets: { [DEAD]: 1 }, truth });
  return await ratedRow(lab, folder, {
    work: `measure ecn http, ${grouped(TARGETS)} targets, 2 % dead, five kinds of middlebox`,
    measurement: {
      args,
      targets: {
        [DEAD]: dead,
        ...Object.fromEntries(KINDS.map((kind) => [kind, each])),
        transparent: TARGETS - dead - KINDS.length * each,
      },
      truth,
    },
    bare: bareWork("http", WORKERS, { timeout: TIMEOUT }),
    share: 0.5,
    asked: TARGETS / allowed,
    peers: [
      `one target without an answer, alone: ${silent.seconds.toFixed(1)} s`,
      "PATHspider, as measured elsewhere, 1,000 targets: 224 s, 324 not observed, every dropping path wrong",
    ],
  });
}
