import type { FieldValue, Header } from "./header.ts";

/** The comparison of a quotation with the packet that was sent. */
export interface Comparison {
  /** The fields that both show. */
  readonly seen: ReadonlySet<string>;
  /** Those of them that are not as they were sent, and what they were found to be. */
  readonly changed: ReadonlyMap<string, FieldValue>;
}

/** Fields that differ in each packet: only whether they were changed can be told. */
const OWN: ReadonlySet<string> = new Set(["id", "sequence"]);

/** Placeholder for the new value of such a field. */
const REWRITTEN = "rewritten";

/** Octets of the IPv4 header that we send: it has no options. */
const HEADER = 20;

/**
 * Compares a quoted header with the one that was sent. A field that is missing in the quotation was
 * not seen, which is not the same as unchanged (RFC 792: eight octets are enough to quote).
 */
export function compare(sent: Header, quoted: Header): Comparison {
  const seen = new Set<string>();
  const changed = new Map<string, FieldValue>();
  for (const field of new Set([...sent.fields.keys(), ...quoted.fields.keys()])) {
    const before = valueIn(sent, field);
    const after = valueIn(quoted, field);
    if (before === undefined || after === undefined) continue;
    seen.add(field);
    if (before === after || isHabit(field, before, after)) continue;
    changed.set(field, OWN.has(field) ? REWRITTEN : after);
  }
  return { seen, changed };
}

/**
 * A field that only one of the two headers has is an option, which the other may be known not to
 * have.
 */
function valueIn({ fields, allOptions }: Header, field: string): FieldValue | undefined {
  return fields.get(field) ?? (allOptions ? null : undefined);
}

/**
 * Ways in which some hosts quote what arrived unchanged: the length less the header, and numbers in
 * the order of the host's own octets, as BSD's `ip_input` left them.
 */
function isHabit(field: string, before: FieldValue, after: FieldValue): boolean {
  if (typeof before !== "number" || typeof after !== "number") return false;
  if (field === "id") return after === swapped(before);
  if (field !== "length") return false;
  return [before - HEADER, swapped(before), swapped(before - HEADER)].includes(after);
}

function swapped(value: number): number {
  return (value & 0xff) << 8 | value >> 8 & 0xff;
}
