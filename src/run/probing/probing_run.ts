import { Journal } from "../../host/journal.ts";
import type { ProbingRequest } from "./request.ts";
import { ProbingSession } from "./session.ts";
import { findTargets, type HostsListener, type HostsOutcome, type ProbeTarget } from "./targets.ts";

/** Callbacks for the events of a run that probes. */
export interface ProbingListener<T> extends HostsListener {
  /** All targets are known, and probing begins: what is found shows in these from now on. */
  begun(all: readonly T[]): void;
}

/** What a run that probes works with. */
export interface ProbingParts<T> {
  /**
   * Takes what was found of each target, in the order of the hosts, when it has ended and those before
   * it have; also what a failure or the signal ended. It is waited for.
   */
  sink(found: T): void | Promise<void>;
  readonly listener: ProbingListener<T>;
}

/** What a run that probes came to. */
export interface ProbingOutcome extends HostsOutcome {
  /** What ended it early, the end of mtr-packet for one; null when nothing did. What was found stands. */
  readonly failure: unknown;
}

/** One run that probes hosts through mtr-packet: of each kind `T` is what is found of a target. */
export abstract class ProbingRun<R extends ProbingRequest, T> implements Disposable {
  protected readonly request: R;
  readonly #parts: ProbingParts<T>;
  readonly #journal = Journal.whenNeeded();

  /** @param request one that was checked */
  protected constructor(request: R, parts: ProbingParts<T>) {
    this.request = request;
    this.#parts = parts;
  }

  /**
   * Probes all hosts. To be called once.
   *
   * @param stop when it aborts, no more probes are sent, and it ends in order
   * @throws {Failure} when this host cannot probe so; whatever the sink throws
   */
  async run(stop: AbortSignal): Promise<ProbingOutcome> {
    const { listener } = this.#parts;
    const { targets, missing } = await findTargets(this.request, {
      outlet: null,
      signal: stop,
      listener,
    });
    this.checkTargets(targets);
    await using session = await ProbingSession.open(this.request, targets, this.#journal);
    const done = new AbortController();
    const signal = AbortSignal.any([stop, done.signal]);
    const all = targets.map((target) => this.begin(session, target, signal));
    listener.begun(all);
    const failures: unknown[] = [];
    const ended = all.map((one) =>
      this.probe(one).catch((error) => {
        failures.push(error);
      })
    );
    try {
      for (const [at, one] of all.entries()) {
        await ended[at];
        await this.#parts.sink(one);
      }
    } finally {
      done.abort();
    }
    const refused = all.filter((one) => this.isRefused(one)).length;
    return { missing, refused, failure: failures[0] ?? null };
  }

  /** Puts back what was set on this host, without waiting for probes. */
  leaveAtOnce(): void {
    this.#journal.close();
  }

  close(): void {
    this.#journal.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Throws a `RequestError` when the targets do not go with the request. */
  protected checkTargets(_targets: readonly ProbeTarget[]): void {}

  /** Gets ready to probe a target. */
  protected abstract begin(session: ProbingSession, target: ProbeTarget, signal: AbortSignal): T;

  /** Probes it to the end, or until the signal. */
  protected abstract probe(one: T): Promise<unknown>;

  /** Whether nothing could be sent to it. */
  protected abstract isRefused(one: T): boolean;
}
