import { Capture, type CaptureCounts } from "../../host/capture.ts";
import { wallClock } from "../../host/clock.ts";
import { LinkWatch } from "../../host/link_watch.ts";
import { Reactor } from "../../host/reactor.ts";
import { staysUsable } from "../../host/still_usable.ts";
import type { AnsweredTarget } from "../../scan/answered_target.ts";
import { answerFilter } from "../../scan/answer_filter.ts";
import { Answers } from "../../scan/answers.ts";
import { type Concluded, type ConcludedTarget, Concluder } from "../../scan/conclude.ts";
import type { Order } from "../../scan/order/order.ts";
import { Pace, rateOf } from "../../scan/pace.ts";
import { ProbeEnds } from "../../scan/probe_ends.ts";
import type { ArmTemplates } from "../../scan/probe_template.ts";
import { INPUT, Scan, type ScanParts, SNAPLEN } from "../../scan/scan.ts";
import { Sender } from "../../scan/sender.ts";
import { templatesOf } from "../../scan/templates.ts";
import { LostAnswers } from "./lost_answers.ts";
import { BATCH, longestOf, outletsOf } from "./outlets.ts";
import type { ScanPlan } from "./plan.ts";
import { type OrderFrom, scanOrderOf } from "./scan_order.ts";
import { waysOut } from "./way_out.ts";

/** Octets of answers that the kernel keeps while they are not read. */
const KERNEL_BUFFER = 16 << 20;
/** How long the kernel gathers answers before it hands them over, in milliseconds: that costs it less. */
const GATHERED = 20;
/** Epochs of the tokens in a cooldown, and the shortest in milliseconds: so late an answer may come. */
const EPOCHS = 8;
const SHORTEST_EPOCH = 50;

/** Octets of the key of a run. */
export const KEY = 16;

/** What is done with what a scan finds. */
export type ScanTakes = Pick<ScanParts, "sent" | "concluded" | "room" | "passed">;

/** What a scan stands on: its targets, sockets, a capture, and what reads the answers. */
export class ScanSetup implements Disposable {
  readonly order: Order;
  readonly sender: Sender;
  readonly answers: Answers;
  readonly scan: Scan;
  /** Probes a second that were asked for; 0 for no limit. */
  readonly pace: number;
  readonly #concluder: Concluder;
  readonly #capture: Capture;
  readonly #lost: LostAnswers;
  /** Null while it captures. */
  #counted: CaptureCounts | null = null;
  readonly #stack: DisposableStack;

  private constructor(
    plan: ScanPlan,
    { order, templates, outlets, key, stack, takes }: {
      readonly order: Order;
      readonly templates: ArmTemplates;
      readonly outlets: Awaited<ReturnType<typeof outletsOf>>;
      readonly key: Uint8Array;
      readonly stack: DisposableStack;
      readonly takes: ScanTakes;
    },
  ) {
    const { arms, probes, gapMs, cooldownMs, sources, sourcePorts: ports, device } = plan;
    const { spider, spiderOptions, connect: type, outputFlows, minHitrate } = plan;
    const { sharesPort } = type.stateless;
    const epochMs = Math.max(SHORTEST_EPOCH, cooldownMs / EPOCHS);
    this.#stack = stack;
    this.order = order;
    const reactor = stack.use(new Reactor());
    const spreadMs = gapMs * (arms.length * probes - 1);
    this.answers = new Answers({
      ...{ templates, key, ports, sharesPort, sources, probes, cooldownMs, spreadMs, epochMs },
      input: INPUT,
    });
    this.#capture = stack.use(
      Capture.live(device.name, {
        snaplen: SNAPLEN,
        bufferSize: KERNEL_BUFFER,
        timeoutMs: GATHERED,
      }),
    );
    this.#capture.ignoreOutgoing();
    this.#capture.keep(answerFilter({ sources, ports }));
    this.#lost = new LostAnswers(
      () => this.#capture.counts().dropped,
      2 * (cooldownMs + spreadMs),
    );
    this.#concluder = new Concluder({
      ...{ spider, spiderOptions, arms, type, templates, cooldownMs, outputFlows },
      ends: new ProbeEnds({ key, ports, sharesPort, sources }),
    });
    this.pace = paceOf(plan, templates);
    this.sender = new Sender({
      ...{ order, outlets, arms: arms.length, probes, gapMs, epochMs, batch: BATCH },
      pace: new Pace(this.pace),
      ...(plan.outputOffline
        ? { begun: (rows, count, ms) => this.answers.enter(rows, count, ms) }
        : {}),
      unsent: (rows, ms) => this.answers.noteUnsent(rows, ms),
    });
    stack.use(new LinkWatch(reactor, { changed: staysUsable([device]) }));
    this.scan = new Scan({
      ...{ reactor, sender: this.sender, answers: this.answers, order, ...takes },
      capture: this.#capture,
    }, { cooldownMs, spreadMs, probes, minHitrate });
  }

  /**
   * Opens all of it.
   *
   * @throws {Failure} when this host cannot scan so, or nothing is left to scan
   */
  static async open(
    plan: ScanPlan,
    { position, skipped, stdin, ...takes }: ScanTakes & OrderFrom,
  ): Promise<ScanSetup> {
    const { spider, spiderOptions, arms, connect: type } = plan;
    const stack = new DisposableStack();
    try {
      const ways = waysOut(plan);
      const versions = ([4, 6] as const).filter((version) => ways[version] !== null);
      const templates = await templatesOf({ spider, spiderOptions, arms, type, versions });
      const key = crypto.getRandomValues(new Uint8Array(KEY));
      const order = await scanOrderOf(plan, { position, skipped, stdin });
      stack.defer(() => order.close());
      const outlets = await outletsOf(plan, { templates, key, ways }, stack);
      return new ScanSetup(plan, { order, templates, outlets, key, stack, takes });
    } catch (error) {
      stack.dispose();
      throw error;
    }
  }

  /** What a target's answers say; later where the spider runs in a worker. */
  conclude(target: AnsweredTarget): Concluded | Promise<Concluded> {
    return this.#concluder.conclude(target, wallClock());
  }

  /** Whether a silence of a target that is concluded now says nothing, since answers were dropped. */
  get isBlind(): boolean {
    return this.#lost.at(this.scan.ms);
  }

  /** Whether a target is to be measured: chance may be behind what was concluded. */
  confirmable(found: ConcludedTarget): boolean {
    return this.#concluder.confirmable(found);
  }

  /**
   * Scans (see `Scan.run`), and captures no longer: what comes in while targets are still measured would
   * fill the kernel's buffer, since nobody reads it any more, and count as dropped.
   */
  async run(stop: AbortSignal): Promise<void> {
    try {
      await this.scan.run(stop);
    } finally {
      this.#counted = this.#capture.counts();
      this.#capture.close();
    }
  }

  /** What libpcap counted so far; in all, once it has ended. */
  captureCounts(): CaptureCounts {
    return this.#counted ?? this.#capture.counts();
  }

  close(): void {
    this.#stack.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Probes a second; 0 for no limit. */
function paceOf({ rate, bandwidth }: ScanPlan, templates: ArmTemplates): number {
  return bandwidth === undefined ? rate : rateOf(bandwidth, longestOf(templates));
}
