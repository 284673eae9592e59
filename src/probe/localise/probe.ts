import type { Header } from "./header.ts";
import type { Comparison } from "./compare.ts";

/** What answered a probe. */
export interface ProbeReply {
  /**
   * `expired`: a router, at which its time to live ended. `syn-ack`, `rst`: the target, or what
   * answers on its behalf. `refused`: an ICMP error of any other kind.
   */
  readonly kind: "expired" | "syn-ack" | "rst" | "refused";
  /** The address it came from. */
  readonly responder: string;
  /** What an ICMP error quotes; null for an answer by TCP, which quotes nothing. */
  readonly quotation: {
    /** Octets of the quoted packet. */
    readonly length: number;
    readonly comparison: Comparison;
  } | null;
  /** Type and code of an ICMP error; null else. */
  readonly icmp: { readonly type: number; readonly code: number } | null;
}

/** One packet that was sent with a time to live, and its outcome. */
export class Probe {
  /** As it was seen to leave; null before. */
  sent: Header | null = null;
  /** When it was handed over to be sent, on the clock of `performance.now()`. */
  readonly since = performance.now();
  readonly answers: ProbeReply[] = [];
  /** Called with the first answer. */
  onAnswer: (() => void) | null = null;

  constructor(
    readonly arm: number,
    readonly ttl: number,
    /** Sequence number, which no other probe of the run has. */
    readonly sequence: number,
    /** IPv4 identification; null over IPv6. */
    readonly identification: number | null,
    /** Octets of payload. */
    readonly payload: number,
    /**
     * Sent to find the length of the path, with others that may reach the target at the same time.
     */
    readonly scout: boolean,
  ) {}

  /** Whether the target answered it, or what answers on its behalf. */
  get atTarget(): boolean {
    return this.answers.some(({ kind }) => kind === "rst" || kind === "syn-ack");
  }

  /** Whether an answer ended its way before its time to live did. */
  get atEnd(): boolean {
    return this.answers.some(({ kind }) => kind !== "expired");
  }

  /** The answer, when there is one and no other contradicts it. */
  get answer(): ProbeReply | null {
    const [first, ...others] = this.answers;
    if (first === undefined || others.some((other) => contradicts(first, other))) return null;
    return first;
  }

  /** Whether its answers contradict each other: one of them is forged or wrong. */
  get disputed(): boolean {
    return this.answers.length > 1 && this.answer === null;
  }

  add(answer: ProbeReply): void {
    this.answers.push(answer);
    this.onAnswer?.();
    this.onAnswer = null;
  }
}

/** A packet ends in one place, and arrives there in one state. */
function contradicts(one: ProbeReply, other: ProbeReply): boolean {
  if (one.kind !== other.kind || one.responder !== other.responder) return true;
  if (one.quotation === null || other.quotation === null) return one.quotation !== other.quotation;
  const [a, b] = [one.quotation.comparison, other.quotation.comparison];
  return [...a.seen].some((field) =>
    b.seen.has(field) && a.changed.get(field) !== b.changed.get(field)
  );
}
