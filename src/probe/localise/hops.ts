import type { FieldValue } from "./header.ts";
import type { Probe, ProbeReply } from "./probe.ts";

/** The outcomes of one arm's packets with one time to live. */
export class HopEvidence {
  /** Packets that were seen to leave. */
  sent = 0;
  /** Answers that nothing contradicts, in the order of the packets. */
  readonly answers: ProbeReply[] = [];
  /** Packets with answers that exclude each other. */
  disputed = 0;

  constructor(readonly ttl: number) {}

  add(probe: Probe): void {
    if (probe.sent === null) return;
    this.sent++;
    if (probe.disputed) this.disputed++;
    const { answer } = probe;
    if (answer !== null) this.answers.push(answer);
  }

  /** How many were answered at all. */
  count(kind: ProbeReply["kind"]): number {
    return this.answers.filter((answer) => answer.kind === kind).length;
  }

  /** Those that show the packet as it arrived at this hop. */
  get quotations(): readonly ProbeReply[] {
    return this.answers.filter(({ kind, quotation }) => kind === "expired" && quotation !== null);
  }

  /** Who answered, in the order in which they first did. */
  get responders(): readonly string[] {
    return [...new Set(this.answers.map(({ responder }) => responder))];
  }

  /** The most octets that were quoted; null when nothing was. */
  get quoteLength(): number | null {
    const lengths = this.answers.flatMap(({ quotation }) => quotation?.length ?? []);
    return lengths.length === 0 ? null : Math.max(...lengths);
  }
}

/** In what state a field arrived at a hop. */
export interface FieldState {
  readonly ttl: number;
  /** What it was found to be; undefined for unchanged. */
  readonly value: FieldValue | undefined;
  /** Quotations that say so. */
  readonly agreeing: number;
  /** Packets that were sent to this hop. */
  readonly sent: number;
}

/** The share of a hop's quotations that must agree. */
const AGREEMENT = 0.75;

/**
 * The state of a field at one hop; null when no quotation shows it, or they do not agree, so that
 * the hop is not conclusive.
 */
export function fieldAt(hop: HopEvidence, field: string): FieldState | null {
  const counts = new Map<FieldValue | undefined, number>();
  let shown = 0;
  for (const { quotation } of hop.quotations) {
    const { seen, changed } = quotation!.comparison;
    if (!seen.has(field)) continue;
    shown++;
    const value = changed.has(field) ? changed.get(field)! : undefined;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  for (const [value, agreeing] of counts) {
    if (agreeing < shown * AGREEMENT) continue;
    return { ttl: hop.ttl, value, agreeing, sent: hop.sent };
  }
  return null;
}

/**
 * One arm's evidence, hop by hop from the first on.
 *
 * @param nearest with which time to live packets came to the target first: scout packets that may
 *   have reached it at the same time are left out
 */
export function hopsOf(
  probes: readonly Probe[],
  arm: number,
  last: number,
  nearest: number,
): HopEvidence[] {
  const hops = Array.from({ length: last }, (_, at) => new HopEvidence(at + 1));
  for (const probe of probes) {
    if (probe.arm !== arm || probe.scout && probe.ttl >= nearest) continue;
    hops[probe.ttl - 1]?.add(probe);
  }
  return hops;
}
