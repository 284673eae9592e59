import type { FieldValue } from "./header.ts";
import { fieldAt, type FieldState, type HopEvidence } from "./hops.ts";

/** Between which hops something happens: not yet at the first, already at the second. 0 is this host. */
export type Interval = readonly [number, number];

/** A field that is changed on the way. */
export interface FieldChange {
  readonly field: string;
  /** What it was before, and what it became. */
  readonly from: FieldValue;
  readonly to: FieldValue;
  /** [last hop that saw it as before, first hop that saw it changed]. */
  readonly between: Interval;
  /** Quotations of the two hops that say so, and packets that were sent to them. */
  readonly agreeing: number;
  readonly sent: number;
  /** How many hops saw it changed, the first one included. */
  readonly witnesses: number;
}

/** Every field that any quotation shows. */
export function fieldsSeen(hops: readonly HopEvidence[]): Set<string> {
  const fields = new Set<string>();
  for (const hop of hops) {
    for (const { quotation } of hop.quotations) {
      for (const field of quotation!.comparison.seen) fields.add(field);
    }
  }
  return fields;
}

/**
 * Where a field changes on the way. A hop that contradicts the hops before and behind it, which
 * agree, quotes unreliably and is ignored.
 *
 * @param sent what was sent
 */
export function changesOf(
  hops: readonly HopEvidence[],
  field: string,
  sent: FieldValue,
): FieldChange[] {
  const changes: FieldChange[] = [];
  let before: FieldState = { ttl: 0, value: undefined, agreeing: 0, sent: 0 };
  const states = statesOf(hops, field);
  for (const [at, state] of states.entries()) {
    if (state.value !== before.value) {
      changes.push({
        field,
        from: before.value === undefined ? sent : before.value,
        to: state.value === undefined ? sent : state.value,
        between: [before.ttl, state.ttl],
        agreeing: before.agreeing + state.agreeing,
        sent: before.sent + state.sent,
        witnesses: states.slice(at).filter(({ value }) => value === state.value).length,
      });
    }
    before = state;
  }
  return changes;
}

/** The last hop that shows a field to be as it was sent; null when none does. */
export function lastUnchanged(hops: readonly HopEvidence[], field: string): number | null {
  return statesOf(hops, field).findLast(({ value }) => value === undefined)?.ttl ?? null;
}

/** The states of a field at the hops that show it, without contradicted ones. */
function statesOf(hops: readonly HopEvidence[], field: string): FieldState[] {
  const all = hops.flatMap((hop) => fieldAt(hop, field) ?? []);
  // This host sent it unchanged
  return all.filter((state, at) => {
    const earlier = [undefined, ...all.slice(0, at).map(({ value }) => value)];
    const later = all.slice(at + 1).map(({ value }) => value);
    return !earlier.some((value) => value !== state.value && later.includes(value));
  });
}
