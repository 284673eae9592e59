import { Lab } from "../../src/lab/lab.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { type Live, liveRow, measure, said, withFolder } from "./measurement.ts";
import { grouped, type Row } from "./row.ts";

const TARGETS = 10_000;
const TIMEOUT = 5;

/** Every spider over sockets, as fast as live targets go. */
const LIVE: readonly Live[] = [
  ...[100, 500].map((workers) => ({
    args: ["ecn", "--connect", "tcp"],
    count: TARGETS,
    workers,
    truth: ECN_TRUTH.transparent.tcp,
    bound: 2000,
    peers: ["PATHspider, as measured elsewhere, 20 workers: 15 targets/s, 31 % not observed"],
  })),
  {
    args: ["dscp", "--connect", "tcp"],
    count: TARGETS,
    workers: 500,
    truth: ["dscp.48.connectivity.works", "dscp.0.replymark:0", "dscp.48.replymark:0"],
    bound: 2000,
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
    bound: 2000,
  },
  {
    args: ["tfo", "--connect", "tcp"],
    count: TARGETS,
    workers: 500,
    truth: ["tfo.connectivity.works", "tfo.cookie.received"],
    bound: 2000,
  },
  {
    args: ["tfo", "--connect", "http"],
    count: TARGETS,
    workers: 500,
    truth: ["tfo.connectivity.works", "tfo.cookie.received", "tfo.syndata.acked"],
    bound: 1500,
  },
  {
    args: ["ecn", "--connect", "http"],
    count: TARGETS,
    workers: 500,
    truth: ECN_TRUTH.transparent.http,
    bound: 1500,
  },
];

/** Live targets as fast as they go, and a mix with dead ones and middleboxes. */
export async function measureRows(): Promise<Row[]> {
  using lab = Lab.open();
  return await withFolder(async (folder) => {
    const rows: Row[] = [];
    for (const live of LIVE) rows.push(await liveRow(lab, folder, live));
    rows.push(await mixedRow(lab, folder));
    return rows;
  });
}

/** 2 % dead targets and five kinds of middlebox. */
async function mixedRow(lab: Lab, folder: string): Promise<Row> {
  const kinds = ["drop-ecn-syn", "clear-ecn", "set-ce", "refuse", "reflect"] as const;
  const dead = TARGETS * 0.02;
  const came = await measure(lab, folder, {
    args: ["ecn", "--connect", "http", "-w", "1000", "--timeout", String(TIMEOUT)],
    targets: {
      "drop-all": dead,
      ...Object.fromEntries(kinds.map((kind) => [kind, 250])),
      transparent: TARGETS - dead - kinds.length * 250,
    },
    truth: Object.fromEntries(Object.entries(ECN_TRUTH).map(([kind, { http }]) => [kind, http])),
  });
  const allowed = TIMEOUT + TARGETS / 2000;
  return {
    work: `measure ecn http, ${grouped(TARGETS)} targets, 2 % dead, five kinds of middlebox`,
    ours: `${came.seconds.toFixed(1)} s, ${said(came)}`,
    peers: [
      "PATHspider, as measured elsewhere, 1,000 targets: 224 s, 324 not observed, every dropping path wrong",
    ],
    bound: `timeout + targets/2,000 = ${allowed} s, every verdict right`,
    reached: came.seconds <= allowed && came.unobserved + came.wrong === 0,
  };
}
