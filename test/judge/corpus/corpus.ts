import { filesBelow, mayBeCapture } from "./files.ts";
import { JudgeProcess } from "./judge_process.ts";
import type { Limits, Verdict } from "./verdict.ts";

/** What came of all captures so far. */
export interface Summary {
  /** Captures that were judged, and those that could not be. */
  captures: number;
  not_judged: number;
  /** Files that are none. */
  no_captures: number;
  packets: number;
  flows: number;
  fields: number;
  differences: number;
  /** Captures that have differences. */
  differing: number;
  /** Captures that were not judged, and packets that were left out, by the reason. */
  readonly captures_left_out: Record<string, number>;
  readonly packets_left_out: Record<string, number>;
}

/** What to judge. */
export interface CorpusRequest {
  readonly folder: string;
  readonly limits: Limits;
  /** Processes at once. */
  readonly atOnce: number;
  /** Told of each capture in the order in which they are done, with the number of all files. */
  readonly judged: (path: string, verdict: Verdict, summary: Summary, files: number) => void;
}

/** Judges every capture below a folder. */
export async function corpus(
  { folder, limits, atOnce, judged }: CorpusRequest,
): Promise<Summary> {
  const files = [...filesBelow(folder)];
  const summary: Summary = {
    ...{ captures: 0, not_judged: 0, no_captures: 0 },
    ...{ packets: 0, flows: 0, fields: 0, differences: 0, differing: 0 },
    ...{ captures_left_out: {}, packets_left_out: {} },
  };
  const left = files.values();
  const work = async () => {
    await using process = new JudgeProcess(limits);
    // All take from the same list
    for (const path of left) {
      const verdict: Verdict = mayBeCapture(path)
        ? await process.judge(path)
        : { kind: "no capture" };
      count(summary, verdict);
      judged(path, verdict, summary, files.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return summary;
}

function count(summary: Summary, verdict: Verdict): void {
  if (verdict.kind === "no capture") summary.no_captures++;
  else if (verdict.kind === "not judged") {
    summary.not_judged++;
    add(summary.captures_left_out, verdict.why, 1);
  } else {
    summary.captures++;
    for (const what of ["packets", "flows", "fields", "differences"] as const) {
      summary[what] += verdict[what];
    }
    if (verdict.differences > 0) summary.differing++;
    for (const [why, packets] of Object.entries(verdict.left_out)) {
      add(summary.packets_left_out, why, packets);
    }
  }
}

function add(counts: Record<string, number>, why: string, count: number): void {
  counts[why] = (counts[why] ?? 0) + count;
}
