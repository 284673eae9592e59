import type { Measurement } from "./measurement.ts";
import { repeats } from "./schedule.ts";

/** A result as it is kept, with the run that it is of. */
export interface ResultRow {
  readonly run: number;
  /** JSON, as the spider gave it. */
  readonly line: string;
}

/**
 * Results as lines of JSON: of a measurement that repeats with the `run` that each is of, which stands in
 * place of what a target may call so; of any other one as `spider measure` writes them.
 */
export function resultLines(
  { request: { schedule } }: Pick<Measurement, "request">,
  rows: readonly ResultRow[],
): string[] {
  return repeats(schedule) ? rows.map(withRun) : rows.map(({ line }) => line);
}

function withRun({ run, line }: ResultRow): string {
  // Nearly always there is nothing of that name, and nothing to parse
  if (line.includes('"run":') || line === "{}") return JSON.stringify({ ...JSON.parse(line), run });
  return `${line.slice(0, -1)},"run":${run}}`;
}
