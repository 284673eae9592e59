import type { FlowField } from "../contract/flow_field.ts";
import { wallClock } from "../host/clock.ts";
import { Failure } from "../host/failure.ts";
import { defaultInterface } from "../host/interface.ts";
import { FlowTable } from "../observe/flow_table.ts";
import { Limits } from "../observe/limits.ts";
import { LiveCapture } from "../observe/live/live_capture.ts";
import type { PresenceListener } from "../observe/live/presence.ts";
import { liveInput } from "../observe/live/room.ts";
import type { PacketSink, RecordSink } from "../observe/observe.ts";
import type { PacketInterface } from "../observe/packet_list.ts";
import { CaptureFile, type ObservedCapture } from "../observe/observed_capture.ts";
import { FILE_INPUT } from "../observe/file/reader.ts";
import { type Ending, type Statistics, statistics } from "../observe/statistics.ts";
import { checkLimits, OBSERVE_LIMITS } from "./limits.ts";
import { chainsOf, checkSource, fieldsOf, type ObserveRequest } from "./observe_request.ts";

/** How often statistics are told while packets are observed, in milliseconds. */
export const STATISTICS_PERIOD = 10_000;

/** Where flow records go, and what belongs to them. */
export interface ObserveSink {
  /** Takes flow records. */
  readonly records: RecordSink;
  /** Takes the packets that were observed; undefined when they are not requested. */
  readonly packets?: PacketSink | undefined;
  /** Waits until records should come; null when they should now. */
  room(stop: AbortSignal): Promise<void> | null;
  /** The last record has come; not called when the observation failed. */
  end(): void | Promise<void>;
  /**
   * Takes the statistics so far, at the beginning and every {@linkcode STATISTICS_PERIOD}
   * milliseconds; undefined when they are not requested. What it throws ends the observation.
   */
  readonly follow?: ((statistics: Statistics) => void | Promise<void>) | undefined;
  /** Takes the statistics, also after a failure. */
  report(statistics: Statistics): void | Promise<void>;
  /** Nothing more comes. */
  close(): void | Promise<void>;
}

/** What is known of a capture before its first packet. */
export interface OpenedCapture {
  /** The fields of a flow record, in their order. */
  readonly fields: readonly FlowField[];
  /** The interfaces that packets are captured on; none are known of a file. */
  readonly seenOn: readonly PacketInterface[];
}

/** What an observation works with. */
export interface ObserveParts {
  /** Opens where flow records go, once it is sure that there is a capture. */
  sink(opened: OpenedCapture): ObserveSink;
  readonly listener: ObserveListener;
}

/** Callbacks for the events of an observation. */
export interface ObserveListener extends PresenceListener {
  /** It has ended, with these statistics; the sink is closed next. */
  ended(statistics: Statistics): void;
}

/** Where an observation stands. */
export interface ObserveState {
  readonly packets: number;
  readonly flows: number;
  /** Packets that the kernel dropped. */
  readonly drops: number;
  /** Seconds since the start. */
  readonly seconds: number;
  /** How much of a file was read, from 0 to 1; null when that cannot be known. */
  readonly share: number | null;
}

/**
 * One observation: packets of an interface or a capture file in, flow records out.
 *
 * @example
 * ```ts ignore
 * const request = { ...OBSERVE_DEFAULTS, source: { file: "trace.pcap" }, chains: ["tcp"] };
 * using run = new ObserveRun(request, {
 *   sink: () => ({
 *     records: (lines) => Deno.stdout.writeSync(lines),
 *     room: () => null,
 *     end: () => {},
 *     report: ({ packets, flows }) => console.error(packets, flows),
 *     close: () => {},
 *   }),
 *   listener: { ended: () => {} },
 * });
 * await run.end(await run.observe(AbortSignal.timeout(60_000)));
 * ```
 */
export class ObserveRun implements Disposable {
  /** The interfaces that are observed, with a comma between them; null for a file. */
  readonly device: string | null;
  readonly #parts: ObserveParts;
  readonly #capture: ObservedCapture;
  /** Names of the interfaces, or the file. */
  readonly #source: string;
  readonly #table: FlowTable;
  readonly #limits: Limits;
  readonly #sink: ObserveSink;
  readonly #began: number;
  readonly #maySuggestWait: boolean;
  #stop: AbortSignal | null = null;

  /**
   * Opens the capture, then the sink.
   *
   * @throws {RequestError} when the request holds an invalid value
   * @throws {Failure} when this host cannot observe so, or a file cannot be read; what the sink throws
   */
  constructor(request: ObserveRequest, parts: ObserveParts) {
    checkLimits(request, OBSERVE_LIMITS);
    const { idle, linger, active, maxFlows, snaplen, count, duration } = request;
    const { decapsulate, numbersFlows } = request;
    checkSource(request.source);
    const chains = chainsOf(request);
    const fields = fieldsOf(chains);
    this.#parts = parts;
    const names = interfacesOf(request);
    const live = names.length > 0;
    this.#table = new FlowTable({
      chains,
      idle,
      linger,
      active,
      maxFlows,
      decapsulate,
      numbersFlows,
      input: live ? liveInput(names.length, snaplen) : FILE_INPUT,
    });
    const { source, filter } = request;
    this.#maySuggestWait = live && !("wait" in source && source.wait);
    this.#capture = "file" in source
      ? new CaptureFile(source.file, filter, this.#table)
      : new LiveCapture(
        names,
        { snaplen, filter, wait: source.wait ?? false, listener: parts.listener },
        this.#table,
      );
    this.#source = "file" in source ? source.file : this.#capture.device!;
    try {
      this.device = this.#capture.device;
      this.#sink = parts.sink({ fields, seenOn: this.#capture.seenOn });
      this.#began = performance.now();
      this.#limits = new Limits({ count, duration, from: live ? wallClock() : undefined });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get state(): ObserveState {
    const { packets, flows } = this.#table.stats();
    return {
      packets: packets!,
      flows: flows!,
      drops: this.#capture.drops,
      seconds: this.#seconds,
      share: this.#capture.share,
    };
  }

  /**
   * Observes to the end, to a limit, or until it is stopped. To be called once, and {@linkcode end}
   * after it.
   *
   * @param stop when it aborts, it ends in order, with the records of all that was read
   * @returns what ended it early; null when nothing did
   */
  async observe(stop: AbortSignal): Promise<unknown> {
    this.#stop = stop;
    const sink = this.#sink;
    const broken = new AbortController();
    const errors: unknown[] = [];
    const follow = async () => {
      try {
        await sink.follow?.(this.#statistics(null, null));
      } catch (error) {
        errors.push(error);
        broken.abort();
      }
    };
    await follow();
    const timer = sink.follow && setInterval(follow, STATISTICS_PERIOD);
    try {
      await this.#capture.observe({
        table: this.#table,
        limits: this.#limits,
        records: (lines) => sink.records(lines),
        packets: sink.packets && ((records) => sink.packets!(records)),
        room: (signal) => sink.room(signal),
        stop: AbortSignal.any([stop, broken.signal]),
      });
    } catch (error) {
      errors.unshift(error);
    } finally {
      clearInterval(timer);
    }
    return errors[0] ?? null;
  }

  /**
   * Ends the sink, with the statistics.
   *
   * @param failure what ended the observation early; null when nothing did
   * @returns the statistics
   * @throws what ended it early; else what the sink throws; a `Failure` when the capture broke off,
   *   also beside a `Failure` of those
   */
  async end(failure: unknown): Promise<Statistics> {
    // Each step is tried whatever became of the ones before; the first error is the one to tell
    const errors: unknown[] = failure === null ? [] : [failure];
    const attempt = async <T>(step: () => T | Promise<T>): Promise<T | undefined> => {
      try {
        return await step();
      } catch (error) {
        errors.push(error);
      }
    };
    const capture = this.#capture;
    const sink = this.#sink;
    if (errors.length === 0) await attempt(() => sink.end());
    const [error] = errors as [Error | undefined];
    const ending = this.#ending(errors.length > 0);
    const fault = capture.fault ?? error?.message ?? null;
    // A capture that was closed has no counts any more
    const found = await attempt(() => this.#statistics(ending, fault));
    if (found !== undefined) {
      await attempt(() => this.#parts.listener.ended(found));
      await attempt(() => sink.report(found));
    }
    await attempt(() => sink.close());
    const [first] = errors;
    const isBroken = capture.fault !== null && (first === undefined || first instanceof Failure);
    if (found === undefined || first !== undefined && !isBroken) throw first;
    if (first === undefined) this.#checkLinks();
    if (!isBroken) return found;
    const what = this.device === null ? this.#source : `the capture on ${this.device}`;
    const advice = this.#maySuggestWait
      ? "; with --wait it goes on when the interface is back"
      : "";
    throw new Failure(
      `${what} breaks off: ${capture.fault}; ${
        first?.message ?? `the flow records of all packets before it were written${advice}`
      }`,
      { cause: first },
    );
  }

  /** Throws a {@linkcode Failure} when the packets of a file are of link types of which none is read. */
  #checkLinks(): void {
    const { interfaces } = this.#capture.facts();
    const used = interfaces.filter(({ packets }) => packets > 0);
    const types = new Set((used.length > 0 ? used : interfaces).map(({ linkType }) => linkType));
    if (types.size > 0 && ![...types].some((type) => this.#table.knowsLink(type))) {
      throw this.#table.unreadLinks([...types]);
    }
  }

  close(): void {
    this.#capture[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  #statistics(ended: Ending | null, fault: string | null): Statistics {
    return statistics(this.#capture.facts(), this.#table, {
      ...{ source: this.#source, ended, fault },
      elapsed: this.#seconds,
    });
  }

  #ending(failed: boolean): Ending {
    if (failed || this.#capture.fault !== null) return "fault";
    return this.#stop?.aborted ? "interrupted" : this.#limits.reached ?? "end";
  }
}

/** The interfaces that are asked for; none for a file. */
function interfacesOf({ source }: ObserveRequest): readonly string[] {
  if ("file" in source) return [];
  return source.interfaces.length === 0 ? [defaultInterface()] : source.interfaces;
}
