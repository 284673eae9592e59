/** The outcomes of a probe, in the words of mtr-packet(8). */
export const PROBE_OUTCOMES = [
  "reply",
  "ttl-expired",
  "no-reply",
  "no-route",
  "network-down",
  "host-unreachable",
  "permission-denied",
  "address-in-use",
  "address-not-available",
  "invalid-argument",
  "unexpected-error",
  "probes-exhausted",
  "unknown-command",
  "command-parse-error",
] as const;

/** One of {@linkcode PROBE_OUTCOMES}. */
export type ProbeOutcome = typeof PROBE_OUTCOMES[number];

/** An entry of an MPLS label stack, as a router quoted it (RFC 4950; RFC 3032, section 2.1). */
export interface MplsLabel {
  /** 0 to 1,048,575. */
  readonly label: number;
  /** 0 to 7 (RFC 5462). */
  readonly trafficClass: number;
  /** It is the last entry of the stack. */
  readonly bottomOfStack: boolean;
  readonly ttl: number;
}

/** A reply of mtr-packet: a line of its output. */
export interface Reply {
  /** The outcome of the probe; `feature-support` answers `check-support`. */
  readonly outcome: ProbeOutcome | "feature-support";
  /** The address of the host that answered. */
  readonly responder: string | null;
  /** Round-trip time in microseconds. */
  readonly timeUs: number | null;
  /** The labels that came with the answer, the outermost first; empty when there were none. */
  readonly mpls: readonly MplsLabel[];
  /** Of `feature-support`: `ok`, `no`, or a version. */
  readonly support: string | null;
  /** The system's error number, of `unexpected-error`. */
  readonly errno: number | null;
  /** Why an argument is invalid, if given. */
  readonly reason: string | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const OUTCOMES = [...PROBE_OUTCOMES, "feature-support" as const];
const OUTCOME_OCTETS = OUTCOMES.map((name) => encoder.encode(name));

const ARGUMENTS = ["ip-4", "ip-6", "round-trip-time", "mpls", "support", "errno", "reason"]
  .map((name) => encoder.encode(name));
const [IP_4, IP_6, TIME, MPLS, SUPPORT, ERRNO, REASON] = ARGUMENTS.keys();

const SPACE = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;

const NO_LABELS: readonly MplsLabel[] = Object.freeze([]);

/** Longer words are no token: it would exceed the integers of a double. */
const TOKEN_LENGTH = 11;

/** Callbacks for the subprocess's output. */
export interface ReplyHandler {
  /** A reply, with the token of the command that it answers. */
  reply(token: number, reply: Reply): void;
  /** A line that is no reply; `line` is its beginning. */
  garbage(line: string): void;
}

/**
 * Cuts what mtr-packet writes into replies, whatever the pieces it comes in. It reads octets in
 * place: a string is made only for an address.
 */
export class ReplyReader {
  /** The longest line there is, in octets; mtr-packet's own buffer has 4,096. */
  static readonly LONGEST = 8192;

  readonly #handler: ReplyHandler;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(handler: ReplyHandler) {
    this.#handler = handler;
  }

  /** Takes the next octets. */
  push(chunk: Uint8Array): void {
    const octets = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    let from = 0;
    for (let end = octets.indexOf(NEWLINE); end >= 0; end = octets.indexOf(NEWLINE, from)) {
      this.#line(octets, from, end > from && octets[end - 1] === RETURN ? end - 1 : end);
      from = end + 1;
    }
    this.#rest = octets.slice(from);
    if (this.#rest.length > ReplyReader.LONGEST) {
      const line = beginning(this.#rest, 0, this.#rest.length);
      this.#rest = new Uint8Array(0);
      this.#handler.garbage(line);
    }
  }

  #line(octets: Uint8Array, from: number, to: number): void {
    const tokenEnd = wordEnd(octets, from, to);
    const token = number(octets, from, tokenEnd);
    const outcomeEnd = wordEnd(octets, tokenEnd + 1, to);
    const at = find(OUTCOME_OCTETS, octets, tokenEnd + 1, outcomeEnd);
    const reply = token === null || at < 0
      ? null
      : readReply(OUTCOMES[at]!, octets, outcomeEnd + 1, to);
    if (reply === null) this.#handler.garbage(beginning(octets, from, to));
    else this.#handler.reply(token!, reply);
  }
}

/** The reply of this outcome, with its arguments; null when they are none. */
function readReply(
  outcome: Reply["outcome"],
  octets: Uint8Array,
  from: number,
  to: number,
): Reply | null {
  let responder: string | null = null;
  let timeUs: number | null = null;
  let mpls = NO_LABELS;
  let support: string | null = null;
  let errno: number | null = null;
  let reason: string | null = null;
  while (from < to) {
    const nameEnd = wordEnd(octets, from, to);
    const valueEnd = wordEnd(octets, nameEnd + 1, to);
    if (nameEnd >= to || valueEnd === nameEnd + 1) return null; // a name without a value
    const [start, end] = [nameEnd + 1, valueEnd];
    switch (find(ARGUMENTS, octets, from, nameEnd)) {
      case IP_4:
      case IP_6:
        responder = decoder.decode(octets.subarray(start, end));
        break;
      case TIME:
        timeUs = number(octets, start, end);
        if (timeUs === null) return null;
        break;
      case MPLS: {
        const labels = readLabels(decoder.decode(octets.subarray(start, end)));
        if (labels === null) return null;
        mpls = labels;
        break;
      }
      case SUPPORT:
        support = decoder.decode(octets.subarray(start, end));
        break;
      case ERRNO:
        errno = number(octets, start, end);
        break;
      case REASON:
        reason = decoder.decode(octets.subarray(start, end));
        break;
      default: // an argument of a later version
    }
    from = valueEnd + 1;
  }
  return { outcome, responder, timeUs, mpls, support, errno, reason };
}

/** Labels from groups of four numbers: label, traffic class, bottom of stack, TTL. */
function readLabels(list: string): MplsLabel[] | null {
  const numbers = list.split(",").map((text) => /^\d+$/.test(text) ? Number(text) : NaN);
  if (numbers.length % 4 !== 0 || numbers.some(Number.isNaN)) return null;
  return Array.from({ length: numbers.length / 4 }, (_, index) => {
    const [label, trafficClass, bottom, ttl] = numbers.slice(index * 4);
    return {
      label: label!,
      trafficClass: trafficClass!,
      bottomOfStack: bottom !== 0,
      ttl: ttl!,
    };
  });
}

/** Where the word that begins at `from` ends; `from` at least. */
function wordEnd(octets: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && octets[at] !== SPACE) at++;
  return at;
}

/** The index of the word at that place; -1 for none. */
function find(words: readonly Uint8Array[], octets: Uint8Array, from: number, to: number): number {
  next: for (let which = 0; which < words.length; which++) {
    const word = words[which]!;
    if (word.length !== to - from) continue;
    for (let at = 0; at < word.length; at++) {
      if (word[at] !== octets[from + at]) continue next;
    }
    return which;
  }
  return -1;
}

/** The whole number at that place; null for none. */
function number(octets: Uint8Array, from: number, to: number): number | null {
  const negative = octets[from] === MINUS;
  const first = negative ? from + 1 : from;
  if (first >= to || to - from > TOKEN_LENGTH) return null;
  let value = 0;
  for (let at = first; at < to; at++) {
    const digit = octets[at]! - ZERO;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

function beginning(octets: Uint8Array, from: number, to: number): string {
  return decoder.decode(octets.subarray(from, Math.min(to, from + 60)));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
