import { fileOrStream, type Streams } from "../../../host/streams.ts";
import { writeText } from "../../../result/write_whole.ts";
import {
  bestOf,
  Calibration,
  calibrationTargets,
  isBlind,
  type Level,
} from "../../../run/calibrate.ts";
import type { Plan } from "../../../run/plan.ts";
import { openInput } from "../../../target/input.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress } from "../../terminal/progress.ts";
import { count, rate } from "../../../host/quantity.ts";
import { tableLines } from "../../terminal/table.ts";
import { teller } from "../../terminal/tell.ts";
import type { MeasureInvocation } from "./options.ts";

/** Says how many targets at once this host observes without a gap. */
export async function calibrate(
  plan: Plan,
  { options }: MeasureInvocation,
  { stdin, stdout, stderr }: Streams,
): Promise<number> {
  const tell = teller(stderr);
  const input = await openInput(fileOrStream(options.input, stdin));
  const source = { input, csv: options["csv-input"] };
  const targets = await calibrationTargets(plan, source);
  let now = "";
  using calibration = new Calibration(plan, {
    targets,
    begins: (workers) => now = `${count(workers)} targets at once`,
    restored: tell,
    warned: (text) => tell(`warning: ${text}`),
  });
  using interruption = new Interruption(() => calibration.leaveAtOnce());
  const progress = new Progress(() => now, 0, stderr);
  const levels = await calibration.run(interruption.signal).finally(() => progress.stop());
  if (levels === null) return INTERRUPTED;
  const best = bestOf(levels);
  const text = options.json
    ? JSON.stringify({ workers: best?.workers ?? null, levels }, null, 2)
    : calibrationText(levels);
  writeText(stdout, `${text}\n`);
  return best === null ? 1 : 0;
}

/** The levels as a table, and what follows from them. */
export function calibrationText(levels: readonly Level[]): string {
  const titles = ["at once", "targets", "targets/s", "arms not observed", "packets dropped"];
  const lines = tableLines(
    titles.map((title) => ({ title, align: "right" })),
    levels.map(({ workers, targets, seconds, missed, drops }) => [
      count(workers),
      count(targets),
      rate(targets, seconds),
      count(missed),
      count(drops),
    ]),
  );
  return [...lines, "", conclusion(levels)].join("\n");
}

function conclusion(levels: readonly Level[]): string {
  const best = bestOf(levels);
  const blind = levels.find(isBlind);
  if (blind !== undefined) {
    return `Of ${count(blind.targets)} targets not one was observed${
      why(blind)
    }: see spider doctor, ` +
      "and that the targets answer.";
  }
  if (best === null) {
    return `Even with the fewest at once there were gaps${
      why(levels[0])
    }: see spider doctor, and ` +
      "look for what else uses this interface.";
  }
  const last = levels.at(-1)!;
  const gap = last.missed + last.drops > 0;
  return gap
    ? `This host observes ${
      count(best.workers)
    } targets at once without a gap: -w ${best.workers}. ` +
      `With ${count(last.workers)} there were gaps${why(last)}.`
    : `This host observes all that was tried without a gap, fastest with -w ${best.workers}.`;
}

function why(level: Level | undefined): string {
  const reasons = Object.keys(level?.reasons ?? {});
  return reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
}
