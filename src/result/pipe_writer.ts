import { hasRoom, PIPE_ROOM, roomIn } from "../host/room.ts";
import type { OutputFile } from "./output_file.ts";

/** Octets that may wait for the reader before producers should pause. */
const MUCH = 1 << 20;

interface Piece {
  readonly left: Uint8Array;
  readonly written: () => void;
}

/**
 * Writes to something that may block its writer: a pipe, a socket, a terminal. What has no room is
 * kept in memory meanwhile, and the program goes on; so it can handle signals.
 */
export class PipeWriter {
  readonly #file: OutputFile;
  readonly #fd: number;
  readonly #pieces: Piece[] = [];
  #waiting = 0;
  #delivery: Promise<void> | null = null;
  #error: Error | null = null;

  constructor(file: OutputFile, fd: number) {
    this.#file = file;
    this.#fd = fd;
  }

  /** Octets that wait for the reader. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Writes octets, which are copied when they have to wait; `written` is called when all are
   * written.
   *
   * @throws the error of the write, or of an earlier one that had to wait (see `OutputFile.write`)
   */
  put(octets: Uint8Array, written: () => void): void {
    this.#check();
    const left = this.#delivery === null ? this.#fill(octets) : octets;
    if (left.length === 0) return written();
    this.#pieces.push({ left: left.slice(), written });
    this.#waiting += left.length;
    this.#delivery ??= this.#deliver();
  }

  /**
   * Waits until little enough waits for producers to go on, or the signal aborts; null when that is
   * so now.
   */
  room(signal: AbortSignal): Promise<void> | null {
    return this.#delivery === null || this.#waiting < MUCH || signal.aborted
      ? null
      : unlessAborted(this.#delivery, signal);
  }

  /** Waits until all is written. Throws as {@linkcode put} does. */
  async delivered(): Promise<void> {
    await this.#delivery;
    this.#check();
  }

  /** Writes as much as there is room for; what is left. */
  #fill(octets: Uint8Array): Uint8Array {
    let left = octets;
    while (left.length > 0 && hasRoom(this.#fd)) {
      this.#file.write(left.subarray(0, PIPE_ROOM));
      left = left.subarray(PIPE_ROOM);
    }
    return left;
  }

  async #deliver(): Promise<void> {
    try {
      while (this.#pieces.length > 0) {
        await roomIn(this.#fd);
        const { left, written } = this.#pieces[0]!;
        const rest = this.#fill(left);
        this.#waiting -= left.length - rest.length;
        if (rest.length > 0) {
          this.#pieces[0] = { left: rest, written };
        } else {
          this.#pieces.shift();
          written();
        }
      }
    } catch (error) {
      this.#error = error as Error;
      this.#pieces.length = 0;
      this.#waiting = 0;
    }
    this.#delivery = null;
  }

  #check(): void {
    if (this.#error !== null) throw this.#error;
  }
}

async function unlessAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const abort = () => resolve();
  signal.addEventListener("abort", abort, { once: true });
  await Promise.race([wait, aborted]);
  signal.removeEventListener("abort", abort);
}
