import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { addTunnel, clientIp, TUNNEL_ENDS } from "../lab/tunnel.ts";
import { type Count, measure, type Measurement, said, withFolder } from "./measurement.ts";
import { type FigureRow, grouped } from "./row.ts";
import { size } from "./size.ts";

const ROUTES = size(60_000, 1000);
const TARGETS = size(20_000, 500);
const WORKERS = 100;
/** Pairs of runs, in turn: a single pair varies by a tenth. */
const ROUNDS = size(3, 1);
/** Between two changes of routes, in milliseconds. */
const PERIOD = 100;
/** How much slower a run may be with the changes. */
const BOUND = 0.95;

const ASKED: Measurement = {
  args: ["ecn", "--connect", "tcp", "-w", String(WORKERS)],
  targets: { transparent: TARGETS },
  truth: { transparent: ECN_TRUTH.transparent.tcp },
};

/** Measures on a host with the routes of many networks, while some of them change all the time. */
export async function routesRow(): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  addTunnel(lab);
  const lines = Array.from({ length: ROUTES }, (_, at) => `route add ${network(at)} via ${VIA}`);
  run("ip", ["-n", lab.client, "-batch", "-"], lines.join("\n"));
  return await withFolder(async (folder) => {
    const counts = { still: [] as Count[], changing: [] as Count[] };
    for (let round = 0; round < ROUNDS; round++) {
      counts.still.push(await measure(lab, folder, ASKED));
      counts.changing.push(await whileChanging(lab, () => measure(lab, folder, ASKED)));
    }
    const [still, changing] = [middle(counts.still), middle(counts.changing)];
    const ratio = still.seconds / changing.seconds;
    return {
      work: `measure ecn tcp, ${grouped(TARGETS)} live targets, -w ${WORKERS}, beside ${
        grouped(ROUTES)
      } routes of which ten change a second`,
      ours: `${rate(changing)} targets/s, ${said(changing)}; ${rate(still)} while none changes: ${
        ratio.toFixed(2)
      } times`,
      peers: [],
      bound: `${BOUND} times, 0 not observed, 0 wrong`,
      reached: ratio >= BOUND &&
        counts.changing.every(({ unobserved, wrong }) => unobserved + wrong === 0),
    };
  });
}

/** The run that took the middle of the times. */
function middle(counts: readonly Count[]): Count {
  return counts.toSorted((a, b) => a.seconds - b.seconds)[counts.length >> 1]!;
}

const VIA = TUNNEL_ENDS[4].router;

function network(at: number): string {
  return `10.${100 + (at >> 16)}.${at >> 8 & 255}.${at & 255}`;
}

function rate({ seconds }: Count): string {
  return grouped(TARGETS / seconds);
}

async function whileChanging<T>(lab: TargetLab, call: () => Promise<T>): Promise<T> {
  let turn = 0;
  const change = () => {
    const verb = turn % 2 === 0 ? "del" : "add";
    clientIp(lab, `route ${verb} ${network(turn++ >> 1)} via ${VIA}`);
  };
  const timer = setInterval(change, PERIOD);
  try {
    return await call();
  } finally {
    clearInterval(timer);
    // The next round begins with all routes
    if (turn % 2 === 1) change();
  }
}
