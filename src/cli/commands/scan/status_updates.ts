import { ResultWriter } from "../../../result/ndjson.ts";
import { ReaderGone } from "../../../result/reader_gone.ts";
import type { ScanState } from "../../../run/scanning/state.ts";
import type { Kind } from "../../../scan/answers.ts";
import { CsvLines } from "../../../result/csv.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { advanceOf, answeredProbes } from "./progress.ts";

/** How often a line is written, in milliseconds. */
const EVERY = 1000;

/** Kinds of answers that zmap calls a success. */
const SUCCESS: readonly Kind[] = ["synack", "dns", "udp", "echo"];

/** Kinds of what came in and echoed a probe, whenever it was in time. */
const VALID: readonly Kind[] = [
  ...SUCCESS,
  "rst",
  "icmp_unreachable",
  "icmp_other",
  "repeated",
  "no_room",
];

/** What a line is made of: a state, and when it was taken. */
export interface Sample {
  readonly state: ScanState;
  readonly time: Date;
}

/**
 * The columns: of zmap those that mean the same (https://github.com/zmap/zmap/wiki), and then ours. Each
 * makes its value of a sample, the one before, and how long answers are waited for.
 */
const COLUMNS: Readonly<
  Record<string, (now: Sample, before: Sample, cooldown: number) => string | number | null>
> = {
  "real-time": ({ time }) => time.toISOString().slice(0, 19).replace("T", " "),
  "time-elapsed": ({ state }) => Math.floor(state.seconds),
  "time-remaining": ({ state }, _, cooldown) => {
    const { left } = advanceOf(state, cooldown);
    return left === null ? null : Math.ceil(left);
  },
  "percent-complete": ({ state }, _, cooldown) => {
    const { share } = advanceOf(state, cooldown);
    return share === null ? null : fixed(share * 100);
  },
  "hit-rate": ({ state }) => fixed(state.sent > 0 ? total(state, SUCCESS) / state.sent * 100 : 0),
  ...counted("sent-total", "sent", ({ sent }) => sent, ({ sending }) => sending),
  ...counted("recv-success-total", "recv-success", (state) => total(state, SUCCESS)),
  ...counted("recv-total", "recv-total", (state) => total(state, VALID)),
  ...counted("pcap-drop-total", "drop", ({ drops }) => drops),
  ...counted("sendto-fail-total", "sendto-fail", ({ failed }) => failed),
  "targets-total": ({ state }) => state.targets,
  "targets-answered": ({ state }) => state.answered,
  "probes-answered": ({ state }) => answeredProbes(state),
  "confirm-waiting": ({ state }) => state.confirming?.waiting ?? null,
  "confirm-done": ({ state }) => state.confirming?.done ?? null,
  "results-total": ({ state }) => state.results,
};

/** Their names, in order. */
export const STATUS_COLUMNS = Object.keys(COLUMNS);

/** A count in three columns: so far, since the line before, and a second on average. */
function counted(
  whole: string,
  name: string,
  of: (state: ScanState) => number,
  over: (state: ScanState) => number = ({ seconds }) => seconds,
): typeof COLUMNS {
  return {
    [whole]: ({ state }) => of(state),
    [`${name}-last-one-sec`]: (now, before) => of(now.state) - of(before.state),
    [`${name}-avg-per-sec`]: ({ state }) =>
      Math.round(over(state) > 0 ? of(state) / over(state) : 0),
  };
}

function total({ kinds }: ScanState, names: readonly Kind[]): number {
  return names.reduce((sum, name) => sum + (kinds[name] ?? 0), 0);
}

function fixed(value: number): string {
  return value.toFixed(6);
}

/** The lines of a scan's state as CSV. */
export class StatusLines {
  readonly #lines: CsvLines;
  readonly #cooldown: number;
  /** Names of arms and kinds, which have columns each. */
  readonly #arms: readonly string[];
  readonly #kinds: readonly string[];
  #before: Sample;

  /** @param cooldown how long answers are waited for, in seconds */
  constructor(begin: Sample, cooldown: number) {
    this.#before = begin;
    this.#cooldown = cooldown;
    this.#arms = begin.state.arms.map(({ name }) => name);
    this.#kinds = Object.keys(begin.state.kinds);
    this.#lines = new CsvLines([
      ...STATUS_COLUMNS,
      ...this.#arms.flatMap((name) => [`arm-${name}-sent`, `arm-${name}-answered`]),
      ...this.#kinds.map((name) => `kind-${name}`),
    ]);
  }

  get header(): Uint8Array {
    return this.#lines.header;
  }

  /** The line of a sample. */
  of(now: Sample): Uint8Array {
    const row: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(COLUMNS)) {
      row[name] = value(now, this.#before, this.#cooldown);
    }
    for (const { name, sent, answered } of now.state.arms) {
      row[`arm-${name}-sent`] = sent;
      row[`arm-${name}-answered`] = answered;
    }
    for (const name of this.#kinds) row[`kind-${name}`] = now.state.kinds[name];
    this.#before = now;
    return this.#lines.of(new TextEncoder().encode(`${JSON.stringify(row)}\n`));
  }
}

/** Where status updates go: a line a second, and one at the end. Their reader does not hold up a scan. */
export class StatusUpdates {
  readonly #writer: ResultWriter;
  readonly #state: () => ScanState;
  readonly #lines: StatusLines;
  readonly #timer: ReturnType<typeof setInterval>;
  #error: Error | null = null;

  /**
   * Opens the file, which is made or emptied.
   *
   * @param cooldown how long answers are waited for, in seconds
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  constructor(
    path: string | OutputStream,
    state: () => ScanState,
    cooldown: number,
    inputs: readonly string[] = [],
  ) {
    this.#state = state;
    this.#writer = ResultWriter.open(path, inputs);
    this.#lines = new StatusLines({ state: state(), time: new Date() }, cooldown);
    this.#put(this.#lines.header);
    this.#timer = setInterval(() => this.#update(), EVERY);
    Deno.unrefTimer(this.#timer);
  }

  /**
   * Writes the last line, and closes the file.
   *
   * @returns why lines could not be written; null when all were, or nobody wanted the rest
   */
  async close(): Promise<Error | null> {
    clearInterval(this.#timer);
    this.#update();
    await this.#writer.close().catch((error) => this.#error ??= error);
    return this.#error instanceof ReaderGone ? null : this.#error;
  }

  #update(): void {
    // A line that is late is of no use
    if (this.#writer.waiting > 0) return;
    this.#put(this.#lines.of({ state: this.#state(), time: new Date() }));
  }

  /** A scan goes on without its status updates; why they could not be written is told at its end. */
  #put(octets: Uint8Array): void {
    if (this.#error !== null) return;
    try {
      this.#writer.writeBytes(octets);
    } catch (error) {
      this.#error = error as Error;
    }
  }
}
