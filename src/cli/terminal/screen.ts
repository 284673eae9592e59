import type { OutputStream } from "../../host/streams.ts";
import { type Sink, writeText } from "../../result/write_whole.ts";

/** How often it is drawn, in milliseconds. */
const EVERY = 250;

const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
/** What is too wide for the terminal is cut off there. */
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

/** What is drawn on. */
export interface Canvas extends Sink {
  /** Lines of the terminal. */
  rows(): number;
}

/** Lines of a terminal that does not say. */
const UNKNOWN_ROWS = 24;

/** Standard output, where it is a terminal. */
export function canvasOn(stdout: OutputStream): Canvas {
  return {
    writeSync: (octets) => stdout.writeSync(octets),
    rows: () => Deno.consoleSize().rows || UNKNOWN_ROWS,
  };
}

/** Draws lines over and over at the top of a terminal, until it is stopped, or the terminal is gone. */
export class Screen {
  readonly #lines: () => readonly string[];
  readonly #canvas: Canvas;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param gone called when the terminal cannot be written to any more */
  constructor(lines: () => readonly string[], gone: () => void, canvas: Canvas) {
    this.#lines = lines;
    this.#canvas = canvas;
    this.#write(HOME + CLEAR_BELOW);
    this.#timer = setInterval(() => {
      try {
        this.draw();
      } catch {
        clearInterval(this.#timer);
        gone();
      }
    }, EVERY);
  }

  /** Draws now, as many lines as there is room for. */
  draw(): void {
    const lines = this.#lines().slice(0, Math.max(1, this.#canvas.rows() - 1));
    const text = lines.map((line) => `${line}${CLEAR_LINE}\n`).join("");
    this.#write(NO_WRAP + HOME + text + CLEAR_BELOW + WRAP);
  }

  /** Ends the drawing and clears the screen. */
  stop(): void {
    clearInterval(this.#timer);
    this.#write(HOME + CLEAR_BELOW);
  }

  #write(text: string): void {
    writeText(this.#canvas, text);
  }
}
