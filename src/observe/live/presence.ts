import { Failure } from "../../host/failure.ts";
import { type Interface, interfaces, isCalled } from "../../host/interface.ts";
import type { Link } from "../../host/netlink/link.ts";
import type { LiveInterface } from "./live_interface.ts";

/** How long a capture that broke off on an interface that is there is not opened again, in milliseconds. */
const PATIENCE = 1000;

/** Callbacks for what becomes of interfaces. */
export interface PresenceListener {
  /** OPTIONAL. An interface is waited for. `why` is the end of a sentence. */
  waiting?(name: string, why: string): void;
  /** OPTIONAL. An interface that was waited for is there. */
  found?(name: string): void;
}

/** Options of a {@linkcode Presence}. */
export interface PresenceOptions {
  /** Whether interfaces that are not there are waited for; otherwise it ends with the first one. */
  readonly wait: boolean;
  readonly listener: PresenceListener;
  /** Called when one was opened, and before one is closed. */
  readonly opened: (one: LiveInterface) => void;
  readonly closing: (one: LiveInterface) => void;
}

/** Follows what becomes of the interfaces that are captured on. */
export class Presence {
  readonly #interfaces: readonly LiveInterface[];
  readonly #options: PresenceOptions;
  /** When everything is to be looked at, as `performance.now` has it. */
  #lookAt = 0;
  /** Why it cannot go on, the end of a sentence; null while it can. */
  problem: string | null = null;

  constructor(interfaces: readonly LiveInterface[], options: PresenceOptions) {
    this.#interfaces = interfaces;
    this.#options = options;
  }

  /** Whether it has ended, and all was read of what is lost. */
  get isOver(): boolean {
    return this.problem !== null &&
      this.#interfaces.every(({ isLeft, isRead }) => !isLeft || isRead);
  }

  /** A link has changed just now. */
  changed(link: Link): void {
    for (const one of this.#interfaces) {
      one.seenOn?.forget(link.index);
      if (isCalled(link, one.name) || one.isOn(link.index)) this.#lookAt = 0;
    }
  }

  /** Anything may have changed. */
  changedAll(): void {
    for (const { seenOn } of this.#interfaces) seenOn?.forgetAll();
    this.#lookAt = 0;
  }

  /** To be called in every turn, when packets were read. */
  turn(): void {
    for (const one of this.#interfaces) {
      const fault = one.capture?.fault ?? null;
      if (fault !== null && !one.isLeft) {
        one.leave();
        this.#lookAt = 0;
      }
      if (this.#options.wait && one.isRead) {
        this.#options.closing(one);
        one.close();
        this.#lookAt = 0;
      }
    }
    if (this.problem === null && performance.now() >= this.#lookAt) this.#look();
  }

  #look(): void {
    this.#lookAt = Infinity;
    const all = interfaces();
    for (const one of this.#interfaces) {
      this.#lookAt = Math.min(this.#lookAt, this.#lookFor(one, stateOf(one, all)));
    }
  }

  /** Looks what has become of an interface; when to look again. */
  #lookFor(one: LiveInterface, now: State | undefined): number {
    const isOther = one.capture !== null && (now === undefined || !one.isOn(now.index));
    if (isOther) one.leave();
    const why = problemOf(one, isOther ? undefined : now) ?? one.capture?.fault ?? null;
    if (why !== null) {
      this.#lost(one, why);
      return Infinity;
    }
    if (one.capture === null) {
      const soonest = one.hasBroken ? one.openedAt + PATIENCE : 0;
      if (performance.now() < soonest) return soonest;
      if (!one.lane.isEmpty) return 0;
      if (!this.#open(one, now!.index)) return Infinity;
    }
    if (one.find()) this.#options.listener.found?.(one.name);
    return Infinity;
  }

  #lost(one: LiveInterface, why: string): void {
    if (this.#options.wait) {
      if (one.lose(why)) this.#options.listener.waiting?.(one.name, why);
      return;
    }
    one.leave();
    this.problem ??= this.#interfaces.length === 1 ? why : `${one.name}: ${why}`;
  }

  /** Opens an interface that is there; false when that fails. */
  #open(one: LiveInterface, index: number): boolean {
    try {
      one.open(index);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const now = stateOf(one, interfaces());
      const why = problemOf(one, now?.index === index ? now : undefined);
      if (why === null) this.problem ??= error.message; // it is there, and that is not the reason
      else this.#lost(one, why);
      return false;
    }
    this.#options.opened(one);
    return true;
  }
}

/** What is to be known of an interface now. */
type State = Pick<Interface, "index" | "up">;

/** An interface as it is now; undefined when there is none of its name. */
function stateOf(one: LiveInterface, all: readonly Interface[]): State | undefined {
  return one.isAny ? { index: 0, up: true } : all.find((other) => isCalled(other, one.name));
}

/** Why an interface cannot be captured on; null when it can. */
function problemOf({ wasOpened, capture }: LiveInterface, now: State | undefined): string | null {
  if (now === undefined) return wasOpened ? "the interface is gone" : "there is no such interface";
  return now.up ? null : capture === null ? "the interface is down" : "the interface went down";
}
