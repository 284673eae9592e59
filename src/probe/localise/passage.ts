import { chanceOfSilence } from "../../measure/evidence/chance.ts";
import type { HopEvidence } from "./hops.ts";
import type { Interval } from "./interval.ts";

/** Where an arm's packets end that another arm's do not. */
export interface Stop {
  /** `dropped`: nothing answers any more. `refused`: a negative answer comes. */
  readonly kind: "dropped" | "refused";
  /**
   * [last hop that the packets passed, first one that they surely did not pass while the other arm's
   * did].
   */
  readonly between: Interval;
  /** Packets sent behind the last hop that was passed, and those of the other arm; and its answers. */
  readonly sent: number;
  readonly otherSent: number;
  readonly otherAnswered: number;
  /** The probability of this by loss alone, if it affects both arms alike. */
  readonly chance: number;
}

/**
 * Silence is called a drop, and a drop is placed in front of a hop, when the probability of loss is
 * below this: many paths are examined, and where half of all packets are lost, on a path or on a busy
 * host, one in a few hundred looks so by chance.
 */
const SIGNIFICANT = 1e-4;
/** Minimum number of refusals: a single packet is not enough. */
const REFUSALS = 2;

/** The problem of an arm that seems to end, without enough evidence. */
export type Doubt = string;

/**
 * Whether one arm's packets end on the way where another arm's go on. Null when both go equally
 * far; a sentence when there is not enough evidence.
 */
export function stopOf(
  own: readonly HopEvidence[],
  other: readonly HopEvidence[],
): Stop | Doubt | null {
  const passed = lastPassed(own, other);
  const mine = own.slice(passed);
  // A refusal of the other arm's packets on the way does not show that they get further
  const theirs = other.slice(passed, refusedFrom(other, own));
  if (!theirs.some(goesOn)) return null;
  const sent = sum(mine, (hop) => hop.sent);
  const otherSent = sum(theirs, (hop) => hop.sent);
  const otherAnswered = sum(theirs, ({ answers }) => answers.length);
  const counts = { sent, otherSent, otherAnswered };
  const refusing = mine.find((hop) => refusals(hop) > 0);
  if (refusing !== undefined) {
    const refused = sum(mine, refusals);
    if (refused >= REFUSALS) {
      return { kind: "refused", between: [passed, refusing.ttl], ...counts, chance: 0 };
    }
    return `it was refused behind hop ${passed}, but only ${refused} of ${sent} packets say so`;
  }
  // Each hop has its own loss; the interval ends where loss cannot explain all silence up to there
  let chance = 1;
  let end: number | null = null;
  for (const [at, hop] of theirs.entries()) {
    chance *= chanceOfSilence(mine[at]!.sent, hop.sent, hop.answers.length);
    if (chance <= SIGNIFICANT && goesOn(hop)) end ??= hop.ttl;
  }
  if (end !== null) {
    return { kind: "dropped", between: [passed, end], ...counts, chance };
  }
  return `nothing answered behind hop ${passed}, which may be loss: ${sent} packets were silent, and ` +
    `${otherSent - otherAnswered} of ${otherSent} of the other kind`;
}

/**
 * Whether more packets could say more closely where a drop is: the other arm's were seen at a hop
 * between its ends.
 */
export function mayBeCloser(
  { kind, between: [passed, end] }: Stop,
  other: readonly HopEvidence[],
): boolean {
  return kind === "dropped" && other.slice(passed, end - 1).some(goesOn);
}

/** Whether packets came further than to a refusal by a router. */
function goesOn(hop: HopEvidence): boolean {
  return hop.count("expired") + hop.count("syn-ack") + hop.count("rst") > 0;
}

/**
 * The last hop that an arm's packets were seen at as any others: a router where they expired, or the
 * target, when it took them, or refused them as it does those of the other arm.
 */
function lastPassed(own: readonly HopEvidence[], other: readonly HopEvidence[]): number {
  const reached = own.slice(0, refusedFrom(own, other)).findLast((hop, at) => {
    const kinds = new Set(other[at]!.answers.map(({ kind }) => kind));
    return hop.answers.some(({ kind }) =>
      kind === "expired" || kind === "syn-ack" || kinds.has(kind)
    );
  });
  return reached?.ttl ?? 0;
}

/**
 * The place of the first hop at which an arm's packets are refused on the way, before the target:
 * where packets of the other arm only expire. The number of hops where that is nowhere.
 */
function refusedFrom(own: readonly HopEvidence[], other: readonly HopEvidence[]): number {
  const first = own.findIndex((hop, at) => {
    const expired = other[at]!.count("expired");
    return refusals(hop) > 0 && expired > 0 && expired === other[at]!.answers.length;
  });
  return first < 0 ? own.length : first;
}

function refusals(hop: HopEvidence): number {
  return hop.count("rst") + hop.count("refused");
}

function sum(hops: readonly HopEvidence[], of: (hop: HopEvidence) => number): number {
  return hops.reduce((total, hop) => total + of(hop), 0);
}
