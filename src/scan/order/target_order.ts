import { ROW } from "../target_row.ts";
import type { RowFilter } from "./filter.ts";
import type { PrefixRate } from "./prefix_rate.ts";
import { SetAside } from "./set_aside.ts";
import type { Source } from "./source.ts";

/** How often one `fill` asks its source, so that it ends soon where hardly a target may be sent to. */
const MOST_TRIES = 16;

/** Why targets are not handed out. */
export const PASSED = ["blocked", "unlisted", "elsewhere", "duplicate"] as const;

/** The targets of a scan, or of its shard, in a random order, each once. */
export interface Order {
  /**
   * How many targets there will be, as far as that is known before: targets of a list that are in it
   * several times count, and interface ids of which a blocklist names some.
   */
  readonly size: number;
  /** How many steps there are: what is done of the whole is `position / steps`. */
  readonly steps: number;
  /**
   * From which step another order with the same options goes on: all targets of steps before it have
   * been handed out, or passed over for good.
   */
  readonly position: number;
  /** Whether all targets have been handed out. */
  readonly ended: boolean;
  /**
   * Targets that were passed over since the order was opened: on a blocklist, not on the allowlist,
   * with another way out, in the list before.
   */
  readonly passed: Readonly<Record<typeof PASSED[number], number>>;
  /** Targets that were set aside, since their prefix had its due, and are handed out later. */
  readonly bounded: number;
  /** What is to be said before the scan begins. */
  readonly warnings: readonly string[];
  /**
   * The same for orders with the same targets, however many of these blocklists leave: a position is
   * one of such orders alone, of the same seed and shard.
   */
  readonly identity: string;
  /**
   * Writes the next targets as rows.
   *
   * @param most how many at most; there must be room
   * @returns how many; none does not mean the end: see `ended` and `wait`
   */
  fill(rows: Uint8Array, most: number): number;
  /** Milliseconds until another target may be handed out: 0 for at once, infinite at the end. */
  wait(): number;
  /** Gives back what it holds: the file of a list. */
  close(): void;
}

/** What decides whether and when targets are handed out. */
export interface Conduct {
  readonly blocked: RowFilter;
  /** Null for all. */
  readonly allowed: RowFilter | null;
  readonly elsewhere: RowFilter;
  /** Null for as fast as may be. */
  readonly prefixRate: PrefixRate | null;
  /** How many targets at most. */
  readonly most: number;
  /** The time in milliseconds, which never goes back. */
  readonly now: () => number;
}

/** An order over the targets of a source. */
export class TargetOrder implements Order {
  readonly size: number;
  readonly warnings: readonly string[];
  readonly identity: string;
  readonly passed: Record<typeof PASSED[number], number>;
  bounded = 0;
  readonly #source: Source;
  readonly #conduct: Conduct;
  readonly #aside = new SetAside();
  /** Targets that were handed out or set aside. */
  #taken: number;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** @param taken how many targets there were before the source's position */
  constructor(
    source: Source,
    conduct: Conduct,
    { size, taken, warnings, identity }: {
      readonly size: number;
      readonly taken: number;
      readonly warnings: readonly string[];
      readonly identity: string;
    },
  ) {
    this.#source = source;
    this.#conduct = conduct;
    this.size = size;
    this.warnings = warnings;
    this.identity = identity;
    this.#taken = taken;
    this.passed = { blocked: 0, unlisted: 0, elsewhere: 0, duplicate: 0 };
  }

  get steps(): number {
    return this.#source.steps;
  }

  get position(): number {
    return this.#aside.firstStep ?? this.#source.position;
  }

  get ended(): boolean {
    return this.#allTaken && this.#aside.size === 0;
  }

  /** Targets that were handed out or set aside, also before this order was opened. */
  get taken(): number {
    return this.#taken;
  }

  fill(rows: Uint8Array, most: number): number {
    const { now, most: allowed } = this.#conduct;
    const view = this.#viewOf(rows);
    const time = now();
    let written = 0;
    for (; written < most && this.#aside.nextDue <= time; written++) {
      rows.set(this.#aside.take(), written * ROW);
    }
    for (let tries = MOST_TRIES; tries > 0 && written < most && !this.#allTaken; tries--) {
      const wanted = Math.min(most - written, allowed - this.#taken, this.#aside.room);
      if (wanted === 0) break;
      const found = this.#source.next(wanted);
      for (let i = 0; i < found; i++) {
        const at = written * ROW;
        if (this.#put(i, view, at) && this.#isDue(i, rows, view, at, time)) written++;
      }
    }
    return written;
  }

  wait(): number {
    if (this.ended) return Infinity;
    if (!this.#allTaken && this.#aside.room > 0) return 0;
    return Math.max(0, this.#aside.nextDue - this.#conduct.now());
  }

  close(): void {
    this.#source.close();
  }

  get #allTaken(): boolean {
    return this.#source.ended || this.#taken >= this.#conduct.most;
  }

  /** Writes a target that the source found; false when it is passed over. */
  #put(i: number, rows: DataView, at: number): boolean {
    const reason = this.#source.put(i, rows, at) ? this.#reason(rows, at) : "duplicate";
    if (reason !== null) this.passed[reason]++;
    else this.#taken++;
    return reason === null;
  }

  #reason(rows: DataView, at: number): typeof PASSED[number] | null {
    const { blocked, allowed, elsewhere } = this.#conduct;
    if (!blocked.empty && blocked.has(rows, at)) return "blocked";
    if (allowed !== null && !allowed.has(rows, at)) return "unlisted";
    return !elsewhere.empty && elsewhere.has(rows, at) ? "elsewhere" : null;
  }

  /** Whether a target may be sent to now; otherwise it is set aside. */
  #isDue(i: number, rows: Uint8Array, view: DataView, at: number, time: number): boolean {
    const due = this.#conduct.prefixRate?.due(view, at, time) ?? time;
    if (due <= time) return true;
    this.#aside.add(rows.subarray(at, at + ROW), this.#source.step(i), due);
    this.bounded++;
    return false;
  }

  #viewOf(rows: Uint8Array): DataView {
    const same = this.#view.buffer === rows.buffer && this.#view.byteOffset === rows.byteOffset;
    if (!same || this.#view.byteLength !== rows.length) {
      this.#view = new DataView(rows.buffer, rows.byteOffset, rows.length);
    }
    return this.#view;
  }
}
