import type { TargetLab } from "../lab/target_lab.ts";
import { type Bare, bare, type BareWork, CALLS } from "./bare/bare.ts";
import { type Count, measure, type Measurement, overall, ROUNDS, said } from "./measurement.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";

/** Connections that a target takes, one an arm, unless a row says otherwise. */
const ARMS = 2;

/** A measurement that is compared with the bare loop of its system calls. */
export interface Rated {
  readonly measurement: Measurement;
  /** Its name in the table. */
  readonly work: string;
  /** The loop, which makes as many connections to each of the same targets. */
  readonly bare: BareWork;
  /** How many: one an arm; two when missing. */
  readonly connections?: number;
  /** The least share of the loop's connections a second. */
  readonly share: number;
  /** Targets a second once required on an idle machine. */
  readonly asked: number;
  readonly peers?: readonly string[];
}

/** The row of a measurement: run by turns with the bare loop, so that both have the same machine. */
export async function ratedRow(lab: TargetLab, folder: string, rated: Rated): Promise<FigureRow> {
  const { measurement, work, share, connections = ARMS, peers = [] } = rated;
  const targets = Object.entries(measurement.targets);
  const addresses = targets.flatMap(([kind, count]) => lab.addresses(kind, 4, count))
    .flatMap((address) => Array<string>(connections).fill(address));
  const ours: Count[] = [];
  const loops: Bare[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await measure(lab, folder, measurement, 1));
    loops.push(await bare(lab, folder, rated.bare, addresses));
  }
  const ratio = median(ours.map(({ seconds }, round) => loops[round]!.seconds / seconds));
  const came = overall(ours);
  const count = addresses.length / connections;
  const rate = count / came.seconds;
  return {
    work,
    ours: `${grouped(rate)} targets/s, ${ratio.toFixed(2)} of the bare loop, ${said(came)}`,
    peers: [
      bareSaid(loops, count, connections),
      ...peers,
    ],
    bound: `${share} of the bare loop, 0 not observed, 0 wrong (${
      asked(`${grouped(rated.asked)} targets/s`, rate >= rated.asked)
    })`,
    reached: ratio >= share && came.unobserved + came.wrong === 0,
  };
}

/** The results of the loops, and whether some of their connections had no answer. */
function bareSaid(loops: readonly Bare[], targets: number, connections: number): string {
  const rate = targets / median(loops.map(({ seconds }) => seconds));
  const answered = Math.min(...loops.map((loop) => loop.answered));
  const all = targets * connections;
  const lost = all - answered;
  return `bare loop of ${connections} connections a target: ${grouped(rate)} targets/s` +
    (lost === 0 ? "" : `, ${grouped(lost)} of ${grouped(all)} connections without an answer`);
}

/** Targets that all answer, as fast as they go. */
export interface Live extends Pick<Rated, "share" | "asked" | "connections" | "peers"> {
  readonly args: readonly string[];
  readonly count: number;
  readonly workers: number;
  /** What is concluded of a transparent path. */
  readonly truth: readonly string[];
  /** Whose system calls the bare loop makes. */
  readonly calls: keyof typeof CALLS;
}

/** The row of a measurement of live targets. */
export function liveRow(lab: TargetLab, folder: string, live: Live): Promise<FigureRow> {
  const { args, count, workers, truth, calls, ...rest } = live;
  const { connections } = live;
  return ratedRow(lab, folder, {
    ...rest,
    work: `measure ${args.join(" ")}, ${grouped(count)} live targets, -w ${workers}, whole process`,
    measurement: {
      args: [...args, "-w", String(workers)],
      targets: { transparent: count },
      truth: { transparent: truth },
    },
    bare: bareWork(calls, workers, { connections }),
  });
}

/** The loop of a connection type with a number of targets under way. */
export function bareWork(
  calls: keyof typeof CALLS,
  workers: number,
  { timeout = 5, connections = ARMS }: { timeout?: number; connections?: number | undefined } = {},
): BareWork {
  return { ...CALLS[calls], window: workers * connections, timeout };
}
