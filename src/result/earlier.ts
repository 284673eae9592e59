import { NOT_OBSERVED, type Result } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { isAddress } from "../host/address.ts";
import { quote } from "../target/quote.ts";
import { Seen } from "../target/seen.ts";

const LF = 0x0a;
const PIECE = 1 << 20;

/** The complete lines that an earlier run has written. */
export interface Earlier {
  /** The targets whose results are there. */
  readonly seen: Seen;
  /** How many lines there are. */
  readonly targets: number;
  /** Targets of which not every arm was observed. */
  readonly unobserved: number;
  /** How often each condition came out. */
  readonly conditions: ReadonlyMap<string, number>;
  /** The line on which each condition stands first, from 1. */
  readonly firstLines: ReadonlyMap<string, number>;
  /** Octets of the whole lines; what is behind them is the beginning of a line that was cut off. */
  readonly length: number;
}

/**
 * Reads the results of an earlier run, so that a later one can go on behind them. A file that is
 * not there holds nothing.
 *
 * @throws {Failure} when it cannot be read, or holds something other than results
 */
export function readEarlier(path: string): Earlier {
  const conditions = new Map<string, number>();
  const firstLines = new Map<string, number>();
  const seen = new Seen();
  let [targets, unobserved, length] = [0, 0, 0];
  for (const line of wholeLines(path)) {
    targets++;
    length += line.length + 1;
    const result = asResult(line);
    if (result === null) {
      throw new Failure(
        `line ${targets} of ${path} is not the result of a measurement: to go on behind what is ` +
          "there, give the output of the run that was interrupted",
      );
    }
    seen.add(result);
    for (const condition of result.conditions) {
      if (!firstLines.has(condition)) firstLines.set(condition, targets);
      conditions.set(condition, (conditions.get(condition) ?? 0) + 1);
    }
    if (result.conditions.includes(NOT_OBSERVED)) unobserved++;
  }
  return { seen, targets, unobserved, conditions, firstLines, length };
}

/** The spider that is to resume an earlier run. */
export interface Successor {
  readonly name: string;
  /** Whether its results may have a condition. */
  has(condition: string): boolean;
}

/**
 * Checks that results may be those of a spider, where no manifest says whose they are.
 *
 * @throws {Failure} that names the first condition that it does not give
 */
export function checkConditions(path: string, { firstLines }: Earlier, spider: Successor): void {
  for (const [condition, line] of firstLines) {
    if (spider.has(condition)) continue;
    throw new Failure(
      `line ${line} of ${path} has the condition ${quote(condition)}, which ${spider.name} does ` +
        "not give: go on with the spider that wrote it, or give another output",
    );
  }
}

type MeasuredResult = Result & { readonly dip: string };

function asResult(line: Uint8Array): MeasuredResult | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(line));
    const sound = typeof value.dip === "string" && isAddress(value.dip) &&
      Array.isArray(value.conditions) && value.time !== undefined &&
      value.conditions.every((condition: unknown) => typeof condition === "string");
    return sound ? value : null;
  } catch {
    return null;
  }
}

/**
 * The lines of a file that end with a line feed, without it. Each is lent until the next. None where
 * there is no file.
 *
 * @throws {Failure} when it cannot be read, or is none
 */
export function* wholeLines(path: string): Generator<Uint8Array> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
  try {
    if (!file.statSync().isFile) {
      throw new Failure(`${path} is not a file, and only files can be resumed`);
    }
    let held = new Uint8Array(PIECE);
    let used = 0;
    while (true) {
      if (used === held.length) held = grown(held);
      const got = file.readSync(held.subarray(used));
      if (got === null) return;
      const end = used + got;
      let begin = 0;
      for (let at = held.indexOf(LF, used); at >= 0 && at < end; at = held.indexOf(LF, begin)) {
        yield held.subarray(begin, at);
        begin = at + 1;
      }
      held.copyWithin(0, begin, end);
      used = end - begin;
    }
  } finally {
    file.close();
  }
}

function grown(held: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(held.length * 2);
  longer.set(held);
  return longer;
}
