import { setImmediate } from "node:timers";
import type { Capture } from "../host/capture.ts";
import { wallClock } from "../host/clock.ts";
import { Failure } from "../host/failure.ts";
import type { Reactor } from "../host/reactor.ts";
import { sleep } from "../host/sleep.ts";
import type { AnsweredTarget } from "./answered_target.ts";
import { Checkpoints } from "./checkpoints.ts";
import { HIT_RATE_SECONDS, HitRate } from "./hit_rate.ts";

/** What sends the probes of a scan. */
export interface ProbeSender {
  /** Targets that were taken from the order. */
  readonly taken: number;
  /** Targets all of whose probes were sent, or given up. */
  readonly finished: number;
  /** Probes that the kernel took. */
  readonly sent: number;
  /** Takes no more targets: sends what is left of those that were taken. */
  halt(): void;
  /**
   * Sends what may be sent now.
   *
   * @param ms milliseconds since the scan began
   * @param pauses whether no more targets are to be taken for now; those that were get their probes in
   *   time, since some that come too late would look as if they were not answered
   * @returns milliseconds until more may be sent, 0 for at once, Infinity where that is after a pause;
   *   null when all is sent
   */
  step(ms: number, pauses: boolean): number | null | Promise<number | null>;
}

/** What tells answers from other packets, and knows the targets that have answered. */
export interface AnswerTable {
  /** Where captured packets go. */
  readonly input: Uint8Array<ArrayBuffer>;
  /** Whether more targets may answer than have. */
  readonly room: boolean;
  /** Probes that were answered. */
  readonly answers: number;
  /** Takes captured packets from the input. */
  take(octets: number, linkType: number, fraction: 1 | 1000, ms: number, wall: number): void;
  /** Targets that need not be waited for any longer; each is lent until the next call. */
  due(ms: number, most: number): readonly AnsweredTarget[];
}

/** What a scan is made of. */
export interface ScanParts {
  readonly reactor: Reactor;
  readonly sender: ProbeSender;
  readonly answers: AnswerTable;
  readonly capture: Pick<Capture, "read" | "drained" | "packets" | "fault" | "device"> & {
    readonly linkType: number;
    readonly fraction: 1 | 1000;
  };
  /** The order that the sender takes targets from. */
  readonly order: { readonly position: number };
  /** All probes are sent, and answers are waited for. */
  sent(): void;
  /** Takes a target whose answers are complete; a promise where that takes longer. */
  concluded(target: AnsweredTarget): void | Promise<void>;
  /** Waits until there is room for results, or the signal aborts; null when there is. */
  room(signal: AbortSignal): Promise<void> | null;
  /** All targets up to a position of the order are concluded. */
  passed(position: number): void;
}

/** How a scan is made. */
export interface ScanOptions {
  /** How long answers are waited for, in milliseconds. */
  readonly cooldownMs: number;
  /** From the first probe to a target to the last one, in milliseconds. */
  readonly spreadMs: number;
  /** Probes to each arm of a target. */
  readonly probes: number;
  /** The share of arms that must answer, 0 to 1. */
  readonly minHitrate: number;
}

/** What a scan is at. */
export type Phase = "sending" | "cooldown" | "ended";

/** Packets taken at once. */
const BATCH = 16_384;
/** Octets that captures keep of each packet. */
export const SNAPLEN = 256;
/** Octets that the input must have for a batch. */
export const INPUT = BATCH * (SNAPLEN + 16) + 1;
/** How often packets are read while they come, in milliseconds. */
const READ_EVERY = 4;
/** Batches in a turn: between two turns other things have theirs. */
const BATCHES_A_TURN = 4;
/** Targets that are concluded in a turn. */
const CONCLUDED_A_TURN = 2048;
/** After so many milliseconds it is looked again whether there is room to go on. */
const PAUSE = 10;
/** Where nothing is to be sent for longer, a scan that is to end does not sleep on, in milliseconds. */
const LONGEST_SLEEP = 100;
/** How often it is looked where the scan has come to, in milliseconds. */
const SECOND = 1000;

/**
 * One scan: probes are sent while answers are taken and targets concluded. Everything happens in turns of
 * the reactor but the sending, which has a loop of its own: neither starves the other.
 */
export class Scan {
  readonly #parts: ScanParts;
  readonly #options: ScanOptions;
  readonly #checkpoints: Checkpoints;
  readonly #hitRate: HitRate;
  readonly #began: number;
  readonly #closing = new AbortController();
  /** How long after its last probe a target is concluded at the latest, in milliseconds. */
  readonly #settling: number;
  #phase: Phase = "sending";
  /** When sending has ended, in milliseconds since the begin; null before. */
  #sent: number | null = null;
  /** When all packets had been taken, and all that was due was concluded. */
  #caughtUp = 0;
  #nextSecond = 0;
  /** The conclusions that take longer than a turn; null when there are none. */
  #concluding: Promise<void> | null = null;
  /** Called when the cooldown is over and all is concluded. */
  #over: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(parts: ScanParts, options: ScanOptions) {
    this.#parts = parts;
    this.#began = parts.reactor.now;
    this.#options = options;
    // It may have answered at the last moment, and is waited for as long once more
    this.#settling = 2 * (options.cooldownMs + options.spreadMs);
    this.#checkpoints = new Checkpoints(this.#settling);
    this.#hitRate = new HitRate(options.minHitrate, options.probes);
    parts.reactor.onTurn(() => this.#turn());
  }

  get phase(): Phase {
    return this.#phase;
  }

  /**
   * Milliseconds since the scan began, without those in which the program was held up (`Reactor.now`):
   * what was captured or was to be sent meanwhile is not late, and no target is concluded without it.
   */
  get ms(): number {
    return this.#parts.reactor.now - this.#began;
  }

  /** Milliseconds that were spent sending. */
  get sendingMs(): number {
    return this.#sent ?? this.ms;
  }

  /**
   * Scans until all is sent, answers have been waited for, and all is concluded.
   *
   * @param stop when it aborts, no more targets are taken, and it ends in order
   * @throws what ended it early
   */
  async run(stop: AbortSignal): Promise<void> {
    const { reactor, order, sent, passed } = this.#parts;
    const broken = Promise.withResolvers<never>();
    const over = Promise.withResolvers<void>();
    this.#fail = broken.reject;
    this.#over = over.resolve;
    const running = reactor.run().catch(broken.reject);
    const sending = this.#sendAll(stop);
    try {
      await Promise.race([sending, broken.promise]);
      this.#sent = this.ms;
      this.#phase = "cooldown";
      sent();
      await Promise.race([over.promise, broken.promise]);
      passed(order.position);
    } finally {
      this.#phase = "ended";
      this.#closing.abort();
      reactor.stop();
      // What failed first has been thrown
      await Promise.allSettled([sending, running, this.#concluding]);
    }
  }

  async #sendAll(stop: AbortSignal): Promise<void> {
    const { sender, answers, room } = this.#parts;
    const halt = () => sender.halt();
    const early = AbortSignal.any([stop, this.#closing.signal]);
    if (stop.aborted) halt();
    stop.addEventListener("abort", halt);
    try {
      while (this.#phase === "sending") {
        const results = room(early);
        const pauses = results !== null || !answers.room;
        const wait = await sender.step(this.ms, pauses);
        if (wait === null) return;
        if (wait === 0) await othersTurn();
        else if (wait === Infinity && results !== null) await results;
        else await sleep(Math.min(wait, pauses ? PAUSE : LONGEST_SLEEP));
      }
    } finally {
      stop.removeEventListener("abort", halt);
    }
  }

  #turn(): void {
    if (this.#phase === "ended") return;
    const { reactor } = this.#parts;
    const ms = this.ms;
    const batches = this.#read(ms);
    // That the kernel woke us for each packet would take a good part of its time
    if (batches > 0) reactor.soon(READ_EVERY);
    const drained = batches < BATCHES_A_TURN;
    // Packets that wait may answer what would be concluded without them
    const last = drained && this.#sent !== null && ms >= this.#sent + this.#options.cooldownMs;
    if (this.#concluding === null) this.#conclude(ms, drained, last);
    if (ms < this.#nextSecond) return;
    this.#nextSecond = ms + SECOND;
    this.#second(ms);
  }

  /** Takes what was captured, in as many batches; all that there was when they are not the most. */
  #read(ms: number): number {
    const { capture, answers } = this.#parts;
    for (let batch = 0; batch < BATCHES_A_TURN; batch++) {
      const octets = capture.read(answers.input, BATCH);
      if (capture.fault !== null) {
        throw new Failure(
          `the capture on ${capture.device} broke off: ${capture.fault}; see that the interface ` +
            "stays up, and go on with --resume",
        );
      }
      if (octets === 0) return batch;
      answers.take(octets, capture.linkType, capture.fraction, ms, wallClock());
    }
    return BATCHES_A_TURN;
  }

  /**
   * Concludes targets that are due.
   *
   * @param drained whether all packets were taken that came before
   * @param last whether no answer is waited for any longer
   */
  #conclude(ms: number, drained: boolean, last: boolean): void {
    const { answers, reactor } = this.#parts;
    const until = last ? ms + this.#settling : ms;
    for (let left = CONCLUDED_A_TURN; left > 0;) {
      const due = answers.due(until, left);
      if (due.length === 0) {
        if (drained) this.#caughtUp = ms;
        if (last) this.#over();
        return;
      }
      this.#concludeFrom(due, 0);
      if (this.#concluding !== null) return;
      left -= due.length;
    }
    reactor.wake();
  }

  /** Concludes targets of a list from one on; those behind one that takes longer wait for it. */
  #concludeFrom(due: readonly AnsweredTarget[], from: number): void {
    for (let at = from; at < due.length; at++) {
      const waits = this.#parts.concluded(due[at]!);
      if (waits === undefined) continue;
      this.#concluding = waits.then(() => {
        this.#concluding = null;
        this.#concludeFrom(due, at + 1);
      }).catch((error) => this.#fail(error));
      return;
    }
  }

  /** Looks where the scan has come to. */
  #second(ms: number): void {
    const { sender, answers, order, passed } = this.#parts;
    if (this.#concluding === null) {
      const position = this.#checkpoints.settled(sender.finished, ms, this.#caughtUp);
      if (position !== null) passed(position);
    }
    if (this.#phase !== "sending") return;
    this.#checkpoints.mark(order.position, sender.taken);
    const share = this.#hitRate.below(sender.sent, answers.answers);
    if (share === null) return;
    throw new Failure(
      `of what was probed in the last ${HIT_RATE_SECONDS} seconds ${
        percent(share)
      } answered, less ` +
        `than the ${percent(this.#options.minHitrate)} that were asked for: see that the network ` +
        "still lets probes through, and go on with --resume",
    );
  }
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** Lets timers, signals, streams and the reactor have their turn. */
function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
