import { NOT_OBSERVED, type Result } from "../../contract/spider.ts";
import type { Journal } from "../../host/journal.ts";
import { count, counted, rate } from "../../host/quantity.ts";
import type { Streams } from "../../host/streams.ts";
import { concluderOf } from "../../plugin/provenance.ts";
import type { AnsweredTarget } from "../../scan/answered_target.ts";
import type { Concluded } from "../../scan/conclude.ts";
import { Skipped, type SkippedLine } from "../../target/skipped.ts";
import { endWith, FirstFailure } from "../ending.ts";
import { journalOf } from "../journal.ts";
import type { Confirmation } from "./confirm.ts";
import type { ScanOutput, ScanSink } from "./output.ts";
import type { ScanPlan } from "./plan.ts";
import { ResultLines } from "./result_line.ts";
import type { ScanProgress } from "./scan_manifest.ts";
import { ScanSetup } from "./scan_setup.ts";
import { Spool, type SpooledTarget } from "./spool.ts";
import type { ScanListener, ScanState } from "./state.ts";
import { ScanTally } from "./tally.ts";

/** After so many seconds of sending, its rate says something. */
const LONG_ENOUGH = 2;
/** The share of the rate that must be reached. */
const SHORT_OF = 0.9;

/** What a scan works with. */
export interface ScanParts {
  readonly output: ScanOutput;
  readonly listener: ScanListener;
  /** Standard input, which may be the list; the process's own when missing. */
  readonly stdin?: Streams["stdin"] | undefined;
}

/** One scan: targets in, results out, with a manifest beside them. */
export class ScanRun implements Disposable {
  /** Lines of the list that could not be used. */
  readonly skipped: Skipped;
  /** What was warned of. */
  readonly warnings: string[] = [];
  readonly #plan: ScanPlan;
  readonly #parts: ScanParts;
  readonly #stack = new DisposableStack();
  readonly #journal: Journal;
  readonly #setup: ScanSetup;
  readonly #spool: Spool | null;
  readonly #confirmation: Confirmation | null;
  readonly #sink: ScanSink;
  readonly #lines: ResultLines;
  readonly #tally = new ScanTally();
  readonly #started = performance.now();
  #position: number;
  /** Targets whose lines an earlier run had written. */
  #alreadyDone = 0;
  /** Targets that the spider does not measure. */
  #skippedTargets = 0;
  /** Targets of which nothing is known, since a probe to them was not sent. */
  #unsent = 0;
  /** Targets from which something came that proves nothing. */
  #unproven = 0;
  /** The same, since answers of theirs may have been dropped. */
  #unseen = 0;
  #confirming = false;
  #ended = false;

  /**
   * Puts back what runs that were killed have left, and gets ready to scan.
   *
   * @throws {Failure} when this host cannot scan so, or the sink cannot be opened
   */
  static async open(asked: ScanPlan, parts: ScanParts): Promise<ScanRun> {
    const { output: { manifest } } = parts;
    const plan = manifest?.plan ?? asked;
    const skipped = new ToldSkipped(parts.listener);
    let run: ScanRun;
    const setup = await ScanSetup.open(plan, {
      position: manifest?.position ?? 0,
      skipped,
      stdin: parts.stdin,
      sent: () => run.#sent(),
      concluded: (target) => run.#concluded(target),
      room: (signal) => run.#sink.room(signal),
      passed: (position) => run.#passed(position),
    });
    try {
      manifest?.check(setup.order);
      // What measures is half of the program, and takes its time to load
      const confirming = plan.confirm ? (await import("./confirm.ts")).Confirmation : null;
      run = new ScanRun(plan, parts, { setup, skipped, confirming });
      return run;
    } catch (error) {
      setup.close();
      throw error;
    }
  }

  private constructor(
    plan: ScanPlan,
    parts: ScanParts,
    { setup, skipped, confirming }: {
      readonly setup: ScanSetup;
      readonly skipped: Skipped;
      readonly confirming: typeof Confirmation | null;
    },
  ) {
    const { output, listener } = parts;
    this.#plan = plan;
    this.#lines = new ResultLines(concluderOf(plan.spider));
    this.#parts = parts;
    this.#setup = setup;
    this.skipped = skipped;
    this.#position = output.manifest?.position ?? 0;
    const stack = this.#stack;
    try {
      this.#journal = stack.use(journalOf(plan, (sentence) => listener.restored(sentence)));
      this.#sink = output.sink();
      this.#spool = confirming === null ? null : stack.use(spoolOf(output));
      this.#confirmation = confirming === null || this.#spool === null ? null : stack.use(
        new confirming(plan, {
          journal: this.#journal,
          spool: this.#spool,
          room: (signal) => this.#sink.room(signal),
          confirmed: (result) => this.#write(result, "measure"),
          skipped: () => this.#skippedTargets++,
          warned: (text) => this.#warn(text),
        }),
      );
    } catch (error) {
      stack.dispose();
      throw error;
    }
    for (const warning of setup.order.warnings) this.#warn(warning);
  }

  get state(): ScanState {
    const { scan, order, sender, answers } = this.#setup;
    const { results, conditions, unobserved } = this.#tally;
    const drops = this.#setup.captureCounts();
    return {
      phase: this.#ended
        ? "ended"
        : scan.phase !== "ended"
        ? scan.phase
        : this.#confirming
        ? "confirming"
        : "ended",
      seconds: (performance.now() - this.#started) / 1000,
      sending: scan.sendingMs / 1000,
      total: order.size,
      targets: sender.taken,
      sent: sender.sent,
      failed: sum(sender.refused.values()),
      answered: answers.targets,
      arms: this.#plan.arms.map(({ name }, at) => ({
        name,
        // Each target gets one of each, in an order of its own
        sent: Math.round(sender.sent / this.#plan.arms.length),
        answered: answers.answered[at] ?? 0,
      })),
      kinds: answers.counts,
      drops: drops.dropped,
      interfaceDrops: drops.interfaceDropped,
      passed: {
        ...order.passed,
        wayless: sender.wayless,
        skipped: this.#skippedTargets,
        unsent: this.#unsent,
        unproven: this.#unproven,
        unseen: this.#unseen,
      },
      confirming: this.#confirmation === null || this.#spool === null ? null : {
        waiting: this.#spool.waiting + this.#confirmation.underWay,
        done: this.#confirmation.tally.done,
      },
      results,
      conditions,
      unobserved,
    };
  }

  /** Puts back what was set on this host, as far as that can be done without waiting. */
  leaveAtOnce(): void {
    this.#confirmation?.leaveAtOnce();
    this.#journal.close();
  }

  /**
   * Scans all targets, and confirms what differs. What ends it early does not keep what was found from
   * being written.
   *
   * @param stop when it aborts, nothing more is sent, and it ends in order
   * @param overdue rejects when its end in order does not come; never when missing
   * @returns what ended it early; null when nothing did
   */
  async scan(
    stop: AbortSignal,
    overdue: Promise<never> = new Promise(() => {}),
  ): Promise<unknown> {
    const { listener, output: { manifest } } = this.#parts;
    const first = new FirstFailure();
    const late = overdue.catch((error) => first.note(error));
    const halt = new AbortController();
    const early = AbortSignal.any([stop, halt.signal]);
    await first.attempt(() => manifest?.checkpoint(this.#progress()));
    if (first.failure === null) {
      this.#confirming = this.#confirmation !== null;
      // What breaks one of the two ends the other one in order
      const part = (work: Promise<void> | undefined) =>
        first.attempt(async () => {
          await work?.catch((error) => {
            halt.abort();
            throw error;
          });
        });
      const confirmed = part(this.#confirmation?.run(early));
      await Promise.race([part(this.#setup.run(early)), late]);
      this.#spool?.end();
      await Promise.race([confirmed, late]);
      this.#confirming = false;
      if (this.#unsent > 0) {
        const errors = [...this.#setup.sender.refused.keys()].join(", ");
        this.#warn(
          `the kernel refused probes to ${
            counted(this.#unsent, "target")
          } (${errors}), so nothing ` +
            "is concluded about them: try a lower rate, or see what the firewall of this host says",
        );
      }
      if (this.#unseen > 0) {
        this.#warn(
          `this host lost packets while ${
            counted(this.#unseen, "target")
          } had an arm without an answer, so nothing is concluded about them: scan at a lower rate`,
        );
      }
      const { lost } = this.#setup.answers;
      if (lost > 0) {
        this.#warn(
          `${
            counted(lost, "target")
          } answered and had no room in memory, so nothing is concluded about ` +
            "them: scan at a lower rate, or with a shorter cooldown",
        );
      }
    }
    this.#ended = true;
    await first.attempt(() => this.#spool?.flush());
    if (stop.aborted && this.#sink.waiting > 0) listener.resultsWait();
    await first.attempt(() => this.#sink.close());
    return first.failure;
  }

  /**
   * Writes the manifest, with the outcome of the run.
   *
   * @param failure what ended it early; null when nothing did
   * @throws what ended it early; else a `Failure` when the manifest cannot be written
   */
  end(interrupted: boolean, failure: unknown): void {
    endWith(failure, () => {
      if (!interrupted && failure === null) this.#spool?.remove();
      this.#parts.output.manifest?.write(this.#progress(), { interrupted, failure });
    });
  }

  close(): void {
    this.#stack.dispose();
    this.#setup.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** All probes are sent. */
  #sent(): void {
    const { cooldownMs } = this.#plan;
    const { scan, sender, pace } = this.#setup;
    this.#parts.listener.sent(cooldownMs / 1000);
    const seconds = scan.sendingMs / 1000;
    const reached = sender.sent / seconds;
    if (seconds < LONG_ENOUGH || reached >= pace * SHORT_OF) return;
    this.#warn(
      `${rate(sender.sent, seconds)} probes a second were sent, not the ${
        count(pace)
      } that were asked ` +
        "for: this host, the interface, or bounds on prefixes let no more pass",
    );
  }

  /** Takes a target whose answers are complete. */
  #concluded(target: AnsweredTarget): void | Promise<void> {
    const job = { dip: target.address, dp: target.port };
    const { unsent, unproven } = target;
    if (target.arms.includes(null) && (unsent || unproven || this.#setup.isBlind)) {
      return this.#unknown(job, target);
    }
    const found = this.#setup.conclude(target);
    if (found instanceof Promise) return found.then((found) => this.#take(job, found));
    this.#take(job, found);
  }

  /**
   * A silence says nothing where a probe was not sent, what came proves nothing, or an answer may have
   * been dropped: only a measurement can tell.
   */
  #unknown(job: SpooledTarget, { arms, unsent, unproven }: AnsweredTarget): void {
    const isListed = this.#plan.outputOffline || unproven ||
      arms.some((answer) => answer !== null);
    if (this.#spool === null || !isListed) {
      if (unsent) this.#unsent++;
      else if (unproven) this.#unproven++;
      else this.#unseen++;
    } else if (this.#isNew(job)) this.#spool.add(job);
  }

  /** Has a target measured, or writes what is concluded. */
  #take(job: SpooledTarget, found: Concluded): void {
    if ("skipped" in found) {
      this.#skippedTargets++;
      return;
    }
    if (!this.#isNew(job)) return;
    const { result } = found;
    const isOpen = () => result.conditions.includes(NOT_OBSERVED) || this.#setup.confirmable(found);
    if (this.#spool !== null && isOpen()) this.#spool.add(job);
    else this.#write(result, "scan");
  }

  /** Whether an earlier run has not written the target's line. */
  #isNew(job: SpooledTarget): boolean {
    const { earlier } = this.#parts.output;
    if (earlier === null || earlier.seen.add(job)) return true;
    this.#alreadyDone++;
    return false;
  }

  #write(result: Result, method: "scan" | "measure"): void {
    this.#tally.count(result);
    const { writeLine } = this.#sink;
    const line = writeLine === undefined || method !== "scan" ? null : this.#lines.of(result);
    if (line !== null) writeLine!.call(this.#sink, line);
    else this.#sink.write({ ...result, spider: concluderOf(this.#plan.spider), method });
  }

  /** All targets up to a position of the order are concluded: another run goes on behind it. */
  #passed(position: number): void {
    this.#sink.flush();
    this.#spool?.flush();
    this.#position = position;
    this.#parts.output.manifest?.checkpoint(this.#progress());
  }

  #progress(): ScanProgress {
    return {
      state: this.state,
      position: this.#position,
      skipped: this.skipped,
      alreadyDone: this.#alreadyDone,
      missed: this.#tally.missed,
      lost: this.#tally.results - this.#sink.written,
    };
  }

  #warn(text: string): void {
    this.warnings.push(text);
    this.#parts.listener.warned(text);
  }
}

/** Skipped lines, of each of which somebody is told. */
class ToldSkipped extends Skipped {
  constructor(private readonly listener: Pick<ScanListener, "skipped">) {
    super();
  }

  override add(line: SkippedLine): void {
    super.add(line);
    this.listener.skipped(line.line, line.problem);
  }
}

function spoolOf({ spool, earlier }: ScanOutput): Spool {
  return spool === null || earlier === null
    ? Spool.open(spool)
    : Spool.continue(spool, earlier.seen);
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((all, one) => all + one, 0);
}
