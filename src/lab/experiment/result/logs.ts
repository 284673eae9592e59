import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { OVERLONG, splitLines } from "../../../target/lines.ts";
import { counted } from "../../../host/quantity.ts";
import { cleaned, cleanedLines, quote } from "../../../target/quote.ts";
import { unknown } from "../../file/yaml.ts";
import { readEventLine } from "./event_line.ts";
import { isAtLeast, type LogLevel } from "../../../host/log_level.ts";
import { guessedLevel } from "./log_level.ts";
import { fileText, namesIn } from "./result_files.ts";

/** Characters of a line that are looked at and shown: a pattern may take long for longer ones. */
const LONGEST = 4096;
/** Damaged lines that are named by their numbers. */
const MOST_NAMED = 5;
const EVENTS = "events.ndjson";
const LOG = ".log";

/** A line of a log, or an event. */
export interface LogEntry {
  /** The id of a test, or the folder of a group of tests, such as `001-ecn`; null for the whole. */
  readonly test: string | null;
  readonly service: string | null;
  readonly level: LogLevel;
  /** Null where it is not known. */
  readonly time: string | null;
  /** It is safe on a terminal. */
  readonly text: string;
}

/** Which lines are wanted; all by default. */
export interface LogFilter {
  /** The name of a service or tester. */
  readonly service?: string | undefined;
  /** The least level. */
  readonly level?: LogLevel | undefined;
  /** A regular expression for the text. */
  readonly grep?: string | undefined;
}

/**
 * What has happened in an experiment, by its results folder: its events, and then the logs of services and
 * testers. Lines of the events that are damaged are left out; when there are any, a line says so in any
 * case.
 *
 * @throws {Failure} when it is no results folder, a file of it cannot be read, it has nothing of that
 *   service, or `grep` is no regular expression
 */
export async function* experimentLogs(
  folder: string,
  { service, level = "debug", grep = "" }: LogFilter = {},
): AsyncGenerator<LogEntry> {
  const pattern = patternOf(grep);
  const isWanted = (entry: LogEntry) =>
    (service === undefined || entry.service === service) && isAtLeast(entry.level, level) &&
    pattern.test(entry.text);
  // Only the folder itself may be a link: its user has named it
  const root = rootOf(folder);
  const damaged = new DamagedLines();
  const services = new Set<string | null>();
  for await (const entry of eventEntries(`${root}/${EVENTS}`, damaged)) {
    services.add(entry.service);
    if (isWanted(entry)) yield entry;
  }
  if (damaged.count > 0) yield damaged.entry();
  for (const { path, ...place } of logFiles(root)) {
    services.add(place.service);
    if (service !== undefined && place.service !== service) continue;
    for await (const entry of logEntries(path, place)) {
      if (isWanted(entry)) yield entry;
    }
  }
  if (service === undefined || services.has(service)) return;
  const known = [...services].filter((name) => name !== null).map(cleaned);
  throw new Failure(`${folder}: ${unknown("service or tester", service, known)}`);
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    const reason = cleaned((error as Error).message).split(": ").at(-1)!;
    throw new Failure(
      `${quote(text)} is not a regular expression (${reason}): put a backslash before signs that ` +
        "are meant as they are",
      { cause: error },
    );
  }
}

function rootOf(folder: string): string {
  const root = realPath(folder);
  if (namesIn(root, "isFile").includes(EVENTS)) return root;
  throw new Failure(
    `${folder} is not the results folder of an experiment, which has a file ${EVENTS}: name one ` +
      "that spider experiment run has made",
  );
}

function realPath(folder: string): string {
  try {
    return Deno.realPathSync(folder);
  } catch (error) {
    throw new Failure(`cannot read ${folder}: ${fileError(error)}`, { cause: error });
  }
}

async function* eventEntries(path: string, damaged: DamagedLines): AsyncGenerator<LogEntry> {
  let number = 0;
  for await (const lines of splitLines(fileText(path))) {
    for (const line of lines) {
      number++;
      const event = line === OVERLONG ? null : readEventLine(line);
      if (event === null) damaged.add(number);
      else yield safe(event);
    }
  }
}

/** The lines of the events that could not be read. */
class DamagedLines {
  readonly #named: number[] = [];
  count = 0;

  add(line: number): void {
    if (++this.count <= MOST_NAMED) this.#named.push(line);
  }

  entry(): LogEntry {
    const more = this.count > MOST_NAMED ? ", ..." : "";
    const text = `${EVENTS} has ${counted(this.count, "damaged line")}, ` +
      `left out here: ${this.#named.join(", ")}${more}`;
    return { test: null, service: null, level: "warning", time: null, text };
  }
}

interface LogPlace {
  readonly test: string;
  readonly service: string;
}

/** All logs, by group: those of services, and then those of testers. */
function* logFiles(root: string): Generator<LogPlace & { readonly path: string }> {
  for (const test of namesIn(root, "isDirectory")) {
    const services = `${root}/${test}/services`;
    for (const service of namesIn(services, "isDirectory")) {
      for (const name of logsIn(`${services}/${service}`)) {
        yield { test, service, path: `${services}/${service}/${name}` };
      }
    }
    const testers = `${root}/${test}/testers`;
    for (const name of logsIn(testers)) {
      yield { test, service: name.slice(0, -LOG.length), path: `${testers}/${name}` };
    }
  }
}

function logsIn(folder: string): string[] {
  return namesIn(folder, "isFile").filter((name) => name.endsWith(LOG));
}

async function* logEntries(path: string, place: LogPlace): AsyncGenerator<LogEntry> {
  for await (const lines of splitLines(fileText(path))) {
    for (const line of lines) {
      const text = line === OVERLONG ? "(a line that is too long)" : line;
      yield safe({ ...place, level: guessedLevel(text), time: null, text });
    }
  }
}

function safe({ test, service, level, time, text }: LogEntry): LogEntry {
  const name = (one: string | null) => one === null ? null : cleaned(one.slice(0, LONGEST));
  return {
    test: name(test),
    service: name(service),
    level,
    time: name(time),
    text: cleanedLines(text.slice(0, LONGEST)),
  };
}
