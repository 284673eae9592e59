import { type Reason, REASONS } from "../../../target/selection.ts";

import { count, counted } from "../../../host/quantity.ts";
import { type SkippedCount, skippedLines } from "../measure/summary.ts";

/** The outcome of choosing targets. */
export interface FilterCounts {
  readonly kept: number;
  readonly left: Readonly<Record<Reason, number>>;
  readonly skipped: SkippedCount;
  /** It was ended before all targets were read. */
  readonly interrupted: boolean;
}

const WORDS: Readonly<Record<Reason, string>> = {
  family: "of the other address family",
  prefix: "outside every --prefix",
  excluded: "in an --exclude-prefix",
  blocked: "on a blocklist",
  duplicate: "there before",
};

/** The counts as lines of text. */
export function filterText({ kept, left, skipped, interrupted }: FilterCounts): string {
  const read = REASONS.reduce((sum, reason) => sum + left[reason], kept);
  return [
    `${count(kept)} of ${counted(read, "target")} kept`,
    ...REASONS.filter((reason) => left[reason] > 0)
      .map((reason) => `  ${count(left[reason])} ${WORDS[reason]}`),
    ...skippedLines(skipped),
    ...(interrupted ? ["interrupted: the input was not read to its end"] : []),
  ].join("\n");
}

/** The counts as data; the keys are those of the JSON that leaves the program. */
export function filterJson(
  { kept, left, skipped, interrupted }: FilterCounts,
): Record<string, unknown> {
  return { kept, ...left, skipped: skipped.count, first_skipped: skipped.first, interrupted };
}
