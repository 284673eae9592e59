import type { ProcessError } from "./errors.ts";
import type { Reply } from "./reply.ts";

/** A command that waits: to be sent, or for its reply. */
export abstract class Waiting {
  /** The caller no longer waits for the reply. */
  abandoned = false;
  /** Which of all commands it is; of one that was sent. */
  serial = 0;
  /** When the reply is overdue, on the clock of the session; of one that was sent. */
  due = 0;

  /**
   * @param patience how long mtr-packet may take to answer, in milliseconds
   * @param signal cancels it
   */
  constructor(readonly patience: number, readonly signal?: AbortSignal) {}

  /** The command without its token. Made when it is sent: thousands may wait. */
  abstract text(): string;
  abstract replied(reply: Reply): void;
  abstract failed(error: unknown): void;
  /**
   * Where its packet would go, which identifies others with the same outcome; null when it has
   * none.
   */
  get way(): string | null {
    return null;
  }
  /**
   * It crashes mtr-packet.
   *
   * @param _crash the signal that ended it
   */
  deadly(_crash: string, error: ProcessError): void {
    this.failed(error);
  }
}

/** Commands that wait to be sent: first in, first out, except that some come back to the front. */
export class CommandQueue {
  #front: Waiting[] = [];
  #back: Waiting[] = [];
  #at = 0;

  get empty(): boolean {
    return this.#front.length === 0 && this.#at === this.#back.length;
  }

  push(waiting: Waiting): void {
    this.#back.push(waiting);
  }

  /** Puts one back, to be the next. */
  pushFront(waiting: Waiting): void {
    this.#front.push(waiting);
  }

  /** Takes the next; there must be one. */
  shift(): Waiting {
    const first = this.#front.pop();
    if (first !== undefined) return first;
    const next = this.#back[this.#at++]!;
    if (this.#at === this.#back.length) {
      this.#back = [];
      this.#at = 0;
    } else if (this.#at > 4096 && this.#at * 2 > this.#back.length) {
      this.#back = this.#back.slice(this.#at);
      this.#at = 0;
    }
    return next;
  }

  /** Takes all. */
  drain(): Waiting[] {
    const all = [...this.#front.reverse(), ...this.#back.slice(this.#at)];
    this.#front = [];
    this.#back = [];
    this.#at = 0;
    return all;
  }
}

/** The greatest token that mtr-packet gives back as it was: it reads them into an `int`. */
const GREATEST_TOKEN = 0x7fff_ffff;

/** Commands that were sent, by their tokens, the oldest first. */
export class InFlight {
  readonly #commands = new Map<number, Waiting>();
  readonly #greatest: number;
  #token = 1;

  /** @param greatest the token after which they start over; more than there ever are in flight */
  constructor(greatest = GREATEST_TOKEN) {
    this.#greatest = greatest;
  }

  get count(): number {
    return this.#commands.size;
  }

  /** Gives a command a token that no other has. */
  add(waiting: Waiting): number {
    let token: number;
    do {
      token = this.#token;
      this.#token = token === this.#greatest ? 1 : token + 1;
    } while (this.#commands.has(token));
    this.#commands.set(token, waiting);
    return token;
  }

  /** Takes the command with a token; undefined when there is none. */
  take(token: number): Waiting | undefined {
    const waiting = this.#commands.get(token);
    this.#commands.delete(token);
    return waiting;
  }

  /** The serial number of the oldest; undefined when there is none. */
  get oldest(): number | undefined {
    return this.#commands.values().next().value?.serial;
  }

  /** Whether one is overdue at a time of the session's clock. */
  overdue(now: number): boolean {
    return this.#commands.values().some((waiting) => waiting.due <= now);
  }

  /** Takes all. */
  drain(): Waiting[] {
    const all = [...this.#commands.values()];
    this.#commands.clear();
    return all;
  }
}
