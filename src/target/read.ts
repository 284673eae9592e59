import type { Target } from "../contract/job.ts";
import { checkJob, type Needs } from "./check.ts";
import { withoutComment } from "./comment.ts";
import { csvReader, looksLikeCsv } from "./csv.ts";
import type { JobLine, LineReader } from "./job_line.ts";
import { MAX_LINE, OVERLONG, splitLines } from "./lines.ts";
import { readNdjson } from "./ndjson.ts";
import { readHostAndPort } from "./host_and_port.ts";
import type { Position } from "./position.ts";
import { readText } from "./text.ts";

/** How an input is read. */
export interface ReadOptions {
  /** Read it as CSV; otherwise the form is detected from the first line that is not a comment. */
  readonly csv?: boolean;
  /** What each target must have; an address when missing. */
  readonly needs?: Needs;
  /** Name of the input in messages; `the input` when missing. */
  readonly name?: string;
  /** Kept up to date while lines are read. */
  readonly position?: Position;
  /** Ends the reading, also while it waits for more. */
  readonly signal?: AbortSignal;
}

/**
 * The targets of an input: JSON objects, CSV, or addresses, names and URLs, one a line, gzip or not.
 * Blank lines and lines that begin with `#` are passed over, and comments behind what a line says,
 * where they cannot be part of it. Lines are counted from 1.
 *
 * @throws {Failure} when the input is not text, or cannot be read to its end
 */
export function readJobs(
  stream: ReadableStream<Uint8Array>,
  options?: ReadOptions & { readonly needs?: "address" },
): AsyncGenerator<JobLine>;
export function readJobs(
  stream: ReadableStream<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<JobLine<Target>>;
export async function* readJobs(
  stream: ReadableStream<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<JobLine<Target>> {
  for await (const lines of readJobsTogether(stream, options)) yield* lines;
}

/**
 * The same, for a long input: the targets of lines that have come together, each read when it is
 * asked for. That costs a fraction of waiting for each.
 */
export async function* readJobsTogether(
  stream: ReadableStream<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<Iterable<JobLine<Target>>> {
  const { csv = false, name = "the input", signal } = options;
  const state: ReadState = { read: csv ? csvReader() : null, line: 0 };
  for await (const lines of splitLines(readText(stream, name, signal))) {
    yield jobsOf(lines, state, options);
    if (signal?.aborted) return;
  }
}

/** How far an input was read. */
interface ReadState {
  /** Null until its form is known. */
  read: LineReader | null;
  line: number;
}

function* jobsOf(
  lines: readonly (string | typeof OVERLONG)[],
  state: ReadState,
  { needs = "address", position, signal }: ReadOptions,
): Generator<JobLine<Target>> {
  for (const raw of lines) {
    if (signal?.aborted) return;
    const line = ++state.line;
    if (position !== undefined) {
      position.lines = line;
      position.characters += (raw?.length ?? MAX_LINE) + 1;
    }
    if (raw === OVERLONG) {
      yield { line, problem: `longer than ${MAX_LINE} characters` };
      continue;
    }
    const text = raw.trim();
    if (text === "" || text.startsWith("#")) continue;
    if (text.includes("\uFFFD")) {
      yield { line, problem: "not UTF-8" };
      continue;
    }
    state.read ??= readerFor(text);
    const job = state.read(text, needs);
    if (job === null) continue;
    yield typeof job === "string" ? { line, problem: job } : { line, job };
  }
}

function readerFor(text: string): LineReader {
  if (text.startsWith("{")) return readNdjson;
  return looksLikeCsv(text) ? csvReader() : readHost;
}

/** Reads a line that holds one address, name or URL, with or without a port. */
export const readHost: LineReader = (text, needs): Target | string => {
  const place = readHostAndPort(withoutComment(text));
  if (typeof place === "string") return place;
  // Checking it twice would be slow for a long list of addresses
  const checked = "dip" in place && place.dp === undefined && needs === "address";
  return checked ? { dip: place.dip } : checkJob(place, needs);
};
