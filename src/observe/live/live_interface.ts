import { ANY, Capture } from "../../host/capture.ts";
import type { LiveOptions } from "../../host/capture_live.ts";
import { counted, duration } from "../../host/quantity.ts";
import type { FlowTable } from "../flow_table.ts";
import { HOLD, type Lane } from "./lane.ts";
import { SeenOn } from "./seen_on.ts";
import type { Sources } from "./sources.ts";

/** What interfaces are captured with. */
export interface LiveParts {
  readonly options: LiveOptions;
  /** Packets to look at, as in pcap-filter(7); all of them when missing. */
  readonly filter: string | undefined;
  readonly table: FlowTable;
  readonly sources: Sources;
}

/** Packets that were dropped. */
interface Drops {
  bySystem: number;
  byInterface: number;
}

/**
 * An interface that is captured on by its name, or `any` for all of them, with what was read of it. Its
 * capture may be closed and opened again, when it goes away and comes back.
 */
export class LiveInterface implements Disposable {
  readonly name: string;
  readonly lane: Lane;
  readonly #parts: LiveParts;
  #capture: Capture | null = null;
  /** The kernel's number of what is captured on. */
  #index = 0;
  #openedAt = -Infinity;
  #leftAt = Infinity;
  #hasBroken = false;
  /** What was dropped by captures that are closed, by the numbers of their interfaces. */
  readonly #dropped = new Map<number, Drops>();
  /** Why it is waited for, the end of a sentence; null while it is not. */
  #away: string | null = null;
  #awaySince = 0;
  #awayFor = 0;
  #awayTimes = 0;
  /** Tells on which interface each packet was seen; null where that is sure. */
  seenOn: SeenOn | null = null;

  constructor(name: string, lane: Lane, parts: LiveParts) {
    this.name = name;
    this.lane = lane;
    this.#parts = parts;
  }

  /** Whether it is all interfaces there are. */
  get isAny(): boolean {
    return this.name === ANY;
  }

  /** Its capture; null while there is none. */
  get capture(): Capture | null {
    return this.#capture;
  }

  /** Whether a capture is open on the interface of a number. */
  isOn(index: number): boolean {
    return this.#capture !== null && this.#index === index;
  }

  /** Whether it was opened before. */
  get wasOpened(): boolean {
    return this.#openedAt > -Infinity;
  }

  /** Whether its capture was closed because it had broken off. */
  get hasBroken(): boolean {
    return this.#hasBroken;
  }

  /** When it was opened the last time, in milliseconds as `performance.now` has them. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /**
   * Opens it.
   *
   * @throws {Failure} when it cannot be captured on, or its link is not read
   */
  open(index: number): void {
    const { options, filter, table, sources } = this.#parts;
    const capture = Capture.live(this.name, options);
    try {
      if (filter !== undefined) capture.filter(filter);
      table.checkLink(capture.linkType);
      const { linkType, snaplen } = capture;
      const seen = { name: this.name, linkType, snaplen };
      this.lane.source = sources.number(seen)!;
      if (this.isAny) this.seenOn = new SeenOn(sources, seen);
    } catch (error) {
      capture.close();
      throw error;
    }
    this.#capture = capture;
    this.#index = index;
    this.#openedAt = performance.now();
    this.#leftAt = Infinity;
  }

  /** Its capture is to be closed, once what the kernel still gathers has been read. */
  leave(): void {
    if (this.#capture !== null) this.#leftAt = Math.min(this.#leftAt, performance.now());
  }

  /** Whether its capture is to be closed. */
  get isLeft(): boolean {
    return this.#leftAt < Infinity;
  }

  /** Whether its capture is to be closed, and all was read of it. */
  get isRead(): boolean {
    return performance.now() - this.#leftAt >= HOLD && this.lane.state === "drained";
  }

  /** Closes its capture, and keeps what that has counted. */
  close(): void {
    if (this.#capture === null) return;
    const { bySystem, byInterface } = this.drops(this.lane.source);
    this.#dropped.set(this.lane.source, { bySystem, byInterface });
    this.#hasBroken = this.#capture.fault !== null;
    this.#capture.close();
    this.#capture = null;
    this.#leftAt = Infinity;
    this.lane.close();
  }

  /** Notes that it is waited for, and why; whether that is new. */
  lose(why: string): boolean {
    if (this.#away === why) return false;
    if (this.#away === null) {
      this.#awaySince = performance.now();
      this.#awayTimes++;
    }
    this.#away = why;
    return true;
  }

  /** Notes that it is there; whether it was waited for before. */
  find(): boolean {
    if (this.#away === null) return false;
    this.#away = null;
    this.#awayFor += performance.now() - this.#awaySince;
    return true;
  }

  /** Says how long it was waited for, the end of a sentence; null when it never was. */
  get absence(): string | null {
    if (this.#awayTimes === 0) return null;
    const now = this.#away === null ? 0 : performance.now() - this.#awaySince;
    const seconds = (this.#awayFor + now) / 1000;
    return `${this.name} was waited for ${counted(this.#awayTimes, "time")}, ${
      duration(seconds)
    } in all`;
  }

  /** What was dropped on the interface of a number. */
  drops(source: number): Drops {
    const { bySystem = 0, byInterface = 0 } = this.#dropped.get(source) ?? {};
    if (this.#capture === null || this.lane.source !== source) return { bySystem, byInterface };
    const { dropped, interfaceDropped } = this.#capture.counts();
    return { bySystem: bySystem + dropped, byInterface: byInterface + interfaceDropped };
  }

  /** The numbers of the interfaces that it has been. */
  get numbers(): number[] {
    const open = this.#capture === null ? [] : [this.lane.source];
    return [...new Set([...this.#dropped.keys(), ...open])];
  }

  [Symbol.dispose](): void {
    this.#capture?.close();
  }
}
