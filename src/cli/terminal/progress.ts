import type { OutputStream } from "../../host/streams.ts";
import type { RunState } from "../../run/measure_run.ts";
import { count, duration, rate } from "../../host/quantity.ts";

/** How often the line is drawn, in milliseconds. */
const EVERY = 200;

/** The width of a terminal that is gone, or reports 0, as a fresh pseudo-terminal does. */
const UNKNOWN_COLUMNS = 80;

const CLEAR = "\r\x1b[K";

/** A measurement's state in one line. */
export function progressLine({ done, total, seconds, unobserved, drops }: RunState): string {
  const parts = [
    total === null ? `${count(done)} done` : `${count(done)}/${count(Math.max(done, total))}`,
    `${rate(done, seconds)}/s`,
    `${count(unobserved)} unobserved`,
    `${count(drops)} dropped`,
  ];
  if (total !== null && done > 0 && total > done) {
    parts.push(`${duration(seconds / done * (total - done))} left`);
  }
  return parts.join("  ");
}

/** Where progress is drawn: standard error, for one. */
export type Terminal = Pick<OutputStream, "writeSync" | "isTerminal">;

/** Draws a line at the bottom of a terminal, five times a second; nothing on anything else. */
export class Progress {
  readonly #line: () => string;
  readonly #terminal: Terminal;
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /** @param after how long nothing is drawn at first, in milliseconds */
  constructor(line: () => string, after: number, terminal: Terminal) {
    this.#line = line;
    this.#terminal = terminal;
    if (!terminal.isTerminal()) return;
    const begin = performance.now() + after;
    this.#timer = setInterval(() => {
      if (performance.now() >= begin) this.#draw();
    }, EVERY);
    Deno.unrefTimer(this.#timer);
  }

  /** Writes a line that stays, above the progress. */
  say(text: string): void {
    this.#write(`${this.#timer === undefined ? "" : CLEAR}${text}\n`);
  }

  /** Ends the drawing and clears the line. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#write(CLEAR);
  }

  #draw(): void {
    this.#write(CLEAR + this.#line().slice(0, columns() - 1));
  }

  /** Output is dropped when the terminal is gone: that must not end a measurement. */
  #write(text: string): void {
    try {
      this.#terminal.writeSync(new TextEncoder().encode(text));
    } catch {
      return;
    }
  }
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || UNKNOWN_COLUMNS;
  } catch {
    return UNKNOWN_COLUMNS;
  }
}
