import type { HandedOver, MessageSocket } from "../host/message_socket.ts";
import type { Order } from "./order/order.ts";
import type { Pace } from "./pace.ts";
import type { ProbeWriter } from "./probe_writer.ts";
import { ROW, versionOf } from "./target_row.ts";

/** Targets that may wait for a later probe; more are not begun. */
const MOST_WAITING = 1 << 20;

/** A way for probes to leave, with what writes them for it. */
export interface ProbeOutlet {
  readonly writer: Pick<ProbeWriter, "rows" | "write">;
  readonly socket: Pick<MessageSocket, "send">;
  /** The IP version of the probes that go this way; both when missing. */
  readonly version?: 4 | 6;
}

/** What a {@linkcode Sender} sends, and how. */
export interface SenderOptions {
  readonly order: Pick<Order, "fill" | "ended" | "wait">;
  readonly outlets: readonly ProbeOutlet[];
  readonly pace: Pace;
  readonly arms: number;
  /** Probes to each arm. */
  readonly probes: number;
  /** Milliseconds from one probe to a target to the next. */
  readonly gapMs: number;
  /** Milliseconds of an epoch of the tokens. */
  readonly epochMs: number;
  /** Targets that are written at once at most: as many as each writer has rows for. */
  readonly batch: number;
  /** Is told of targets that are about to be probed for the first time, `count` rows. */
  readonly begun?: (rows: Uint8Array, count: number, ms: number) => void;
  /** Is told of targets that the kernel took no probe for, by their rows. */
  readonly unsent?: (rows: Uint8Array, ms: number) => void;
}

/** Targets whose next probe is due at a time. */
interface Waiting {
  readonly rows: Uint8Array;
  /** The number of the next probe to each, over all rounds. */
  readonly probe: number;
  readonly due: number;
}

/** What was offered to the kernel. */
interface Offered {
  /** The rows of all targets of the batch. */
  readonly targets: Uint8Array;
  readonly version: 4 | 6 | undefined;
  /** When their probes were written. */
  readonly ms: number;
}

/**
 * Sends the probes of a scan: to each target those of its arms, in an order of its own, a gap apart, in
 * each round. Targets wait for their later probes in the order in which they were begun.
 */
export class Sender {
  readonly #options: SenderOptions;
  /** Targets that wait, for each probe but the first. */
  readonly #queues: Waiting[][];
  readonly #refused = new Map<string, number>();
  readonly #last: number;
  #waiting = 0;
  #taken = 0;
  #finished = 0;
  #sent = 0;
  #wayless = 0;
  #halted = false;
  #half: 0 | 1 = 0;
  /** The batches that are under way, or were last. */
  readonly #underWay: Promise<void>[] = [Promise.resolve(), Promise.resolve()];

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#last = options.arms * options.probes - 1;
    this.#queues = Array.from({ length: this.#last }, () => []);
  }

  /** Targets that were taken from the order. */
  get taken(): number {
    return this.#taken;
  }

  /** Targets all of whose probes were sent, or refused by the kernel. */
  get finished(): number {
    return this.#finished;
  }

  /** Probes that the kernel took. */
  get sent(): number {
    return this.#sent;
  }

  /** Targets that were taken and get no probe: no arm is sent over their IP version. */
  get wayless(): number {
    return this.#wayless;
  }

  /** Probes that the kernel refused, by the name of the error. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  /** Takes no more targets: sends what is left of those that were taken. */
  halt(): void {
    this.#halted = true;
  }

  /**
   * Sends what may be sent now. A batch is written while the kernel takes those before.
   *
   * @param ms milliseconds since the scan began
   * @param pauses whether no more targets are to be taken for now; later probes are sent all the same
   * @returns milliseconds until more may be sent, 0 for at once, Infinity where that is after a pause;
   *   null when all is sent
   * @throws {Failure} when the interface is down or gone
   */
  async step(ms: number, pauses = false): Promise<number | null> {
    const { pace, batch } = this.#options;
    const late = this.#queues.find((queue) => queue.length > 0 && queue[0]!.due <= ms);
    const begins = this.#begins && !pauses && this.#waiting < MOST_WAITING;
    if (late !== undefined || begins) {
      const may = pace.take(ms, batch);
      if (may === 0) return pace.wait(ms);
      const probe = late === undefined ? 0 : late[0]!.probe;
      const count = late === undefined ? this.#begin(may, ms) : this.#goOn(late, may, ms);
      pace.giveBack(may - count);
      if (count > 0) {
        await this.#write(count, probe, ms);
        return 0;
      }
    }
    await this.#settled();
    if (this.#waiting === 0 && !this.#begins) return null;
    return Math.min(this.#untilDue(ms), begins ? this.#options.order.wait() : Infinity);
  }

  /** Whether more targets are to be taken. */
  get #begins(): boolean {
    return !this.#halted && !this.#options.order.ended;
  }

  /** Takes new targets. */
  #begin(most: number, ms: number): number {
    const { order, outlets: [first], begun } = this.#options;
    const { rows } = first!.writer;
    const count = order.fill(rows, most);
    if (count === 0) return 0;
    this.#taken += count;
    begun?.(rows, count, ms);
    if (this.#last > 0) this.#wait(rows.slice(0, count * ROW), 1, ms);
    return count;
  }

  /** Takes targets whose next probe is due. */
  #goOn(queue: Waiting[], most: number, ms: number): number {
    const { rows } = this.#options.outlets[0]!.writer;
    const next = queue[0]!;
    const count = Math.min(most, next.rows.length / ROW);
    const taken = next.rows.subarray(0, count * ROW);
    if (taken.length === next.rows.length) queue.shift();
    else queue[0] = { ...next, rows: next.rows.subarray(count * ROW) };
    rows.set(taken);
    this.#waiting -= count;
    if (next.probe < this.#last) this.#wait(taken, next.probe + 1, ms);
    return count;
  }

  #wait(rows: Uint8Array, probe: number, ms: number): void {
    this.#queues[probe - 1]!.push({ rows, probe, due: ms + this.#options.gapMs });
    this.#waiting += rows.length / ROW;
  }

  /**
   * Writes a probe to each of the first rows, and hands them over. Two batches may be under way at once,
   * so that the kernel works on both with as many cores.
   */
  async #write(count: number, probe: number, ms: number): Promise<void> {
    const { outlets, arms, epochMs } = this.#options;
    const half = this.#half;
    this.#half = half === 0 ? 1 : 0;
    await this.#underWay[half];
    const epoch = Math.floor(ms / epochMs);
    const rows = outlets[0]!.writer.rows.subarray(0, count * ROW);
    const batches = outlets.map(({ writer, socket, version }, at) => {
      if (at > 0) writer.rows.set(rows);
      const place = probe % arms;
      const round = Math.floor(probe / arms);
      const written = writer.write(count, place, round, epoch, ms, half, version);
      return { socket, version, ...written };
    });
    if (probe === 0) this.#wayless += count - batches.reduce((sum, { count }) => sum + count, 0);
    // The next batch is written to them while this one is under way
    const targets = rows.slice();
    const done = probe === this.#last ? count : 0;
    const before = this.#underWay[half === 0 ? 1 : 0];
    const sending = batches.map(async ({ socket, messages, count, version }) => {
      if (count > 0) this.#count(await socket.send(messages, count), { targets, version, ms });
    });
    // Targets are finished in the order in which they were taken
    const underWay = Promise.all([before, ...sending]).then(() => {
      this.#finished += done;
    });
    this.#underWay[half] = underWay;
    // Whoever waits for it next gets what went wrong
    underWay.catch(() => {});
  }

  #count({ taken, refused }: HandedOver, { targets, version, ms }: Offered): void {
    this.#sent += taken;
    for (const [error, places] of refused) {
      this.#refused.set(error, (this.#refused.get(error) ?? 0) + places.length);
    }
    if (refused.size === 0) return;
    const probed = rowsOver(targets, version);
    const unsent = [...refused.values()].flat().flatMap((place) => [...probed[place]!]);
    this.#options.unsent?.(Uint8Array.from(unsent), ms);
  }

  /** Waits until the batches under way were handed over. */
  async #settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Milliseconds until the next probe of a target that waits. */
  #untilDue(ms: number): number {
    const due = this.#queues.flatMap((queue) => queue.length > 0 ? [queue[0]!.due] : []);
    return Math.max(0, Math.min(Infinity, ...due) - ms);
  }
}

/** The rows of one IP version, of all when that is undefined: those that an outlet has probes for. */
function rowsOver(rows: Uint8Array, version: 4 | 6 | undefined): Uint8Array[] {
  const all = Array.from(
    { length: rows.length / ROW },
    (_, at) => rows.subarray(at * ROW, (at + 1) * ROW),
  );
  return version === undefined ? all : all.filter((row) => versionOf(row) === version);
}
