import { Failure } from "../../host/failure.ts";
import { OVERLONG, splitLines } from "../../target/lines.ts";
import { readText } from "../../target/text.ts";

/** When the observations of a results file were made. */
export interface TimeSpan {
  /** The earliest `time.from`, in milliseconds since 1970. */
  readonly from: number;
  /** The latest `time.to`. */
  readonly to: number;
  /** Lines that hold both. */
  readonly lines: number;
  /** Numbers of the first lines that do not, and how many there are. */
  readonly without: { readonly first: readonly number[]; readonly count: number };
}

/** How many lines without a time are kept by number. */
const KEPT = 5;

/** RFC 3339, or the same without an offset, which some writers leave out when they mean UTC. */
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/i;

/** No line of some results has a time. */
export class NoTimes extends Failure {}

/**
 * Reads results, ndjson or the same packed with gzip, for the time of the first and the last.
 *
 * @param name their name in messages
 * @throws {NoTimes} when no line has a time
 * @throws {Failure} when they cannot be read
 */
export async function timeSpan(
  stream: ReadableStream<Uint8Array>,
  name: string,
): Promise<TimeSpan> {
  let [from, to, lines, line, missing] = [Infinity, -Infinity, 0, 0, 0];
  const first: number[] = [];
  for await (const texts of splitLines(readText(stream, name))) {
    for (const text of texts) {
      line++;
      if (text?.trim() === "") continue;
      const time = text === OVERLONG ? null : timeOf(text);
      if (time === null) {
        missing++;
        if (first.length < KEPT) first.push(line);
        continue;
      }
      lines++;
      from = Math.min(from, time.from);
      to = Math.max(to, time.to);
    }
  }
  if (lines > 0) return { from, to, lines, without: { first, count: missing } };
  throw new NoTimes(
    `${name} holds no result with a time (time.from, time.to): give a results file`,
  );
}

function timeOf(text: string): { readonly from: number; readonly to: number } | null {
  let result: { time?: { from?: unknown; to?: unknown } | null } | null;
  try {
    result = JSON.parse(text);
  } catch {
    return null; // it is counted as a line without a time
  }
  const from = read(result?.time?.from);
  const to = read(result?.time?.to);
  return Number.isNaN(from) || Number.isNaN(to) ? null : { from, to };
}

/** Milliseconds since 1970; NaN for what is not a time. */
function read(time: unknown): number {
  const [, , zone] = typeof time === "string" ? TIME.exec(time) ?? [, , null] : [, , null];
  return zone === null ? NaN : Date.parse(`${time}${zone === undefined ? "Z" : ""}`);
}
