import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import type { Result } from "../../src/mod.ts";
import { EVIL_TRUTH } from "../lab/evil_truth.ts";
import { bare } from "./bare/bare.ts";
import { withFolder } from "./measurement.ts";
import type { Peer } from "./peer.ts";
import { denoCommand, output, seconds, spiderCommand } from "./process.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";
import { zmap } from "./zmap.ts";

const TARGETS = size(32_000, 1000);
const ROUNDS = size(3, 1);
/** Probes a second, also of a spider whose every two have a verdict. */
const ASKED = 40_000;
/**
 * The required share of the bare loop: where zmap sends 79,000 to 88,000 probes/s, the loop reaches
 * 1.3 times that.
 */
const SHARE = 0.38;
/** Probes in flight at once. */
const WINDOW = 2000;
/** Targets under way at once. */
const WORKERS = 100;
const ARMS = 2;

/** The result of a round. */
interface Round {
  readonly alone: number;
  readonly spider: number;
  readonly bare: number;
  readonly floor: number;
  readonly lost: number;
  readonly wrong: number;
}

/** SYN probes over veth: alone, and as a spider of two arms sends them. */
export async function forgeRows(): Promise<FigureRow[]> {
  await using lab = await TargetLab.open();
  return await withFolder(async (folder) => {
    const targets = lab.addresses("transparent", 4, TARGETS);
    const peer = zmap(lab, folder, targets);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({
        ...await probes(lab, folder, targets),
        ...await evilbit(lab, folder, targets),
        ...await bareProbes(lab, folder, targets),
      });
      await peer.run();
    }
    return rows(rounds, peer);
  });
}

function rows(rounds: readonly Round[], zmap: Peer<number>): FigureRow[] {
  const [alone, spider] = (["alone", "spider"] as const).map((which) => ({
    rate: median(rounds.map((round) => round[which])),
    share: median(rounds.map((round) => round[which] / round.bare)),
  })) as [Figures, Figures];
  const most = (what: "lost" | "wrong") => Math.max(...rounds.map((round) => round[what]));
  const [lost, wrong] = [most("lost"), most("wrong")];
  const peers = [
    `bare loop: ${grouped(median(rounds.map((round) => round.bare)))} probes/s`,
    zmap.figures === null
      ? `${zmap.remark}; as measured elsewhere, 79,000 to 88,000 probes/s`
      : `zmap ${grouped(median(zmap.figures))} probes/s`,
  ];
  const floor = median(rounds.map((round) => round.floor / round.bare));
  const bound = (rate: number, what: string) =>
    `${SHARE} of the bare loop, ${what} (${asked(`${grouped(ASKED)} probes/s`, rate >= ASKED)})`;
  return [{
    work: `${grouped(TARGETS)} SYN probes over veth, sent and their answers matched`,
    ours: `${said(alone)}, ${lost} without an answer`,
    peers,
    bound: bound(alone.rate, "all answered"),
    reached: alone.share >= SHARE && lost === 0,
  }, {
    work: `measure evilbit tcpsyn, ${grouped(TARGETS)} live targets, -w ${WORKERS}, whole process`,
    ours: `${said(spider)}, ${wrong} not right`,
    peers: [
      ...peers,
      `the same JavaScript without the engine: ${
        said({ rate: median(rounds.map((round) => round.floor)), share: floor })
      }`,
    ],
    bound: bound(spider.rate, "every verdict right"),
    reached: spider.share >= SHARE && wrong === 0,
  }];
}

interface Figures {
  readonly rate: number;
  readonly share: number;
}

function said({ rate, share }: Figures): string {
  return `${grouped(rate)} probes/s, ${share.toFixed(2)} of the bare loop`;
}

async function probes(lab: TargetLab, folder: string, targets: readonly string[]) {
  const path = `${folder}/addresses`;
  Deno.writeTextFileSync(path, targets.join("\n"));
  const command = denoCommand("probes_main.ts", [lab.interface, String(WINDOW), path]);
  const { answered, seconds } = JSON.parse(await output(lab.exec(command)));
  return { alone: answered / seconds, lost: targets.length - answered };
}

/**
 * The spider evilbit and the same JavaScript without the engine, whole processes: two probes a target,
 * and a verdict.
 */
async function evilbit(lab: TargetLab, folder: string, targets: readonly string[]) {
  const [input, results] = [`${folder}/targets`, `${folder}/results`];
  Deno.writeTextFileSync(input, targets.map((dip) => JSON.stringify({ dip }) + "\n").join(""));
  const verdicts = async (command: readonly string[]) => {
    const taken = await seconds(lab.exec(command));
    const lines = Deno.readTextFileSync(results).trimEnd().split("\n");
    const right = lines.map((line): Result => JSON.parse(line)).filter(({ conditions }) =>
      conditions.join() === EVIL_TRUTH.transparent.join()
    );
    return { rate: ARMS * targets.length / taken, wrong: targets.length - right.length };
  };
  const spider = await verdicts(spiderCommand([
    ...["measure", "evilbit", "-w", String(WORKERS), "--input", input, "--output", results],
  ]));
  const floor = await verdicts(denoCommand("verdicts_main.ts", [
    ...[lab.interface, String(WORKERS), input, results],
  ]));
  if (floor.wrong > 0) throw new Error(`the floor of evilbit has ${floor.wrong} wrong verdicts`);
  return { spider: spider.rate, wrong: spider.wrong, floor: floor.rate };
}

async function bareProbes(lab: TargetLab, folder: string, targets: readonly string[]) {
  const work = { loop: "probes", source: linkAddress(4, 0, 1), rounds: ARMS } as const;
  const { answered, seconds } = await bare(lab, folder, work, targets);
  return { bare: answered / seconds };
}
