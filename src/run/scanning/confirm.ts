import type { Journal } from "../../host/journal.ts";
import { Reactor } from "../../host/reactor.ts";
import { measure } from "../../measure/measure.ts";
import { Setup } from "../../measure/setup.ts";
import { MEASURE_DEFAULTS } from "../limits.ts";
import { planOf, setupOptions } from "../plan.ts";
import type { Result } from "../../contract/spider.ts";
import type { Tally } from "../../measure/tally.ts";
import type { ScanPlan } from "./plan.ts";
import type { Spool } from "./spool.ts";

/**
 * Targets in flight at once: those that nothing answers from take the timeout several times, and the
 * rate is what bounds the rest.
 */
const WORKERS = 500;

/** What a confirmation works with. */
export interface ConfirmationParts {
  readonly journal: Journal;
  readonly spool: Spool;
  /** Waits until there is room for results, or the signal aborts; null when there is. */
  room(signal: AbortSignal): Promise<void> | null;
  /** Takes the result of a target. */
  confirmed(result: Result): void;
  /** The spider does not measure a target, of which a scan that could conclude nothing had not asked it. */
  skipped(): void;
  /** What may keep results from being true, in a sentence. */
  warned(text: string): void;
}

/**
 * Measures targets whose probes differed, with connections and as often as it takes to exclude chance,
 * while the scan goes on.
 */
export class Confirmation implements Disposable {
  readonly #setup: Setup;
  readonly #parts: ConfirmationParts;
  readonly #stack = new DisposableStack();

  /** Throws a `Failure` when this host cannot measure. */
  constructor(scan: ScanPlan, parts: ConfirmationParts) {
    this.#parts = parts;
    const plan = planOf({
      ...MEASURE_DEFAULTS,
      spider: scan.spider,
      spiderOptions: scan.spiderOptions,
      connect: scan.connect.name,
      interfaces: [scan.device.name],
      sources: Object.values(scan.sources).flatMap(([first]) => first ?? []),
      workers: WORKERS,
      rate: scan.confirmRate,
      control: false,
      outputFlows: scan.outputFlows,
      results: true,
    });
    try {
      const reactor = this.#stack.use(new Reactor());
      this.#setup = this.#stack.use(
        new Setup(reactor, {
          ...setupOptions({ ...plan, bind: scan.interface !== undefined }),
          journal: parts.journal,
          workers: WORKERS,
          avoided: scan.sourcePorts,
        }),
      );
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  get tally(): Readonly<Tally> {
    return this.#setup.tally;
  }

  /** Targets that were taken from the spool, and have no result yet. */
  get underWay(): number {
    const { started, done } = this.#setup.tally;
    return started - done;
  }

  /**
   * Measures what is in the spool, until that has ended and is empty.
   *
   * @param stop when it aborts, no more are taken, and those in flight are finished
   * @throws what ended it early
   */
  async run(stop: AbortSignal): Promise<void> {
    const { spool, room, confirmed, skipped, warned } = this.#parts;
    async function* jobs(signal: AbortSignal) {
      for (let line = 1;; line++) {
        // Results that nobody reads would wait in memory, and targets wait in a file
        await room(signal);
        const job = await spool.next(signal);
        if (job === null) return;
        yield { line, job };
      }
    }
    for await (const outcome of measure(jobs, this.#setup, { stop })) {
      if ("warning" in outcome) warned(outcome.warning);
      else if ("problem" in outcome) skipped();
      else confirmed(outcome.measured.result);
    }
  }

  /** Puts back what was set on this host, as far as that can be done without waiting. */
  leaveAtOnce(): void {
    this.#setup.leaveAtOnce();
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
