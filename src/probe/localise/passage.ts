import type { HopEvidence } from "./hops.ts";
import type { Interval } from "./interval.ts";

/** Where an arm's packets end that another arm's do not. */
export interface Stop {
  /** `dropped`: nothing answers any more. `refused`: an answer comes that says no. */
  readonly kind: "dropped" | "refused";
  /** [last hop that the packets passed, first one that the other arm's passed alone]. */
  readonly between: Interval;
  /** Packets sent behind the last hop that was passed, and those of the other arm; and its answers. */
  readonly sent: number;
  readonly otherSent: number;
  readonly otherAnswered: number;
  /** The probability that loss alone does this, when it meets both arms alike. */
  readonly chance: number;
}

/** Loss must be less probable than this before silence is called a drop. */
const SIGNIFICANT = 0.01;
/** A refusal is one packet's word; so many must say it. */
const REFUSALS = 2;

/** What is said of an arm that seems to end, but not surely enough. */
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
  const further = other.find(({ ttl, answers }) =>
    ttl > passed && answers.some(({ kind }) => kind !== "refused")
  );
  if (further === undefined) return null;
  const [mine, theirs] = [own, other].map((hops) => hops.filter(({ ttl }) => ttl > passed));
  const refusing = mine!.find(({ answers }) => answers.length > 0);
  const sent = sum(mine!, (hop) => hop.sent);
  const otherSent = sum(theirs!, (hop) => hop.sent);
  const otherAnswered = sum(theirs!, ({ answers }) => answers.length);
  if (refusing !== undefined) {
    const refusals = sum(mine!, ({ answers }) => answers.length);
    const between = [passed, Math.min(refusing.ttl, further.ttl)] as const;
    const stop = { kind: "refused", between, sent, otherSent, otherAnswered, chance: 0 } as const;
    if (refusals >= REFUSALS) return stop;
    return `it was refused behind hop ${passed}, but only ${refusals} of ${sent} packets say so`;
  }
  const chance = chanceOfSilence(sent, otherSent, otherAnswered);
  if (chance > SIGNIFICANT) {
    return `nothing answered behind hop ${passed}, which may be loss: ${sent} packets were silent, and ` +
      `${otherSent - otherAnswered} of ${otherSent} without the feature`;
  }
  const between = [passed, further.ttl] as const;
  return { kind: "dropped", between, sent, otherSent, otherAnswered, chance };
}

/**
 * The last hop that an arm's packets were seen at as any others: a router where they expired, or the
 * target, when it answered in the way in which it answers the other arm. What answers where packets
 * of the other arm only expire is not the target.
 */
function lastPassed(own: readonly HopEvidence[], other: readonly HopEvidence[]): number {
  const early = own.findIndex((hop, at) =>
    hop.answers.some(({ kind }) => kind !== "expired") &&
    other[at]!.answers.some(({ kind }) => kind === "expired") &&
    other[at]!.answers.every(({ kind }) => kind === "expired")
  );
  const reached = own.findLast((hop, at) => {
    if (early >= 0 && at >= early) return false;
    const kinds = new Set(other[at]!.answers.map(({ kind }) => kind));
    return hop.answers.some(({ kind }) => kind === "expired" || kinds.has(kind));
  });
  return reached?.ttl ?? 0;
}

/**
 * The probability that, of all packets that were answered, none is of this arm, when loss meets both
 * alike (Fisher's exact test, one-sided).
 */
export function chanceOfSilence(sent: number, otherSent: number, otherAnswered: number): number {
  let chance = 1;
  for (let i = 0; i < otherAnswered; i++) chance *= (otherSent - i) / (sent + otherSent - i);
  return chance;
}

function sum(hops: readonly HopEvidence[], of: (hop: HopEvidence) => number): number {
  return hops.reduce((total, hop) => total + of(hop), 0);
}
