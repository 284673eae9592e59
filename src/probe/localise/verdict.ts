import type { Feature, LocateArm } from "./feature.ts";
import type { FieldValue, Header } from "./header.ts";
import type { HopEvidence } from "./hops.ts";
import { changesOf, type FieldChange, fieldsSeen, lastUnchanged } from "./interval.ts";
import { type Stop, stopOf } from "./passage.ts";
import type { Probe } from "./probe.ts";

/** The outcome of one arm's packets on the path. */
export interface ArmFinding {
  readonly arm: LocateArm;
  readonly hops: readonly HopEvidence[];
  /** Every field that is changed on the way, whether or not it is what the feature is. */
  readonly changes: readonly (FieldChange & {
    /** It is one of the fields that make up the feature. */
    readonly featured: boolean;
    /** The baseline's packets are changed likewise, at a place that may be the same. */
    readonly alike: boolean;
  })[];
  /** Where the packets end that go on in the arm beside; null where they do not, or it is not known. */
  readonly stop: Stop | null;
  /** The last hop that saw all that makes up the feature as it was sent; null when none did. */
  readonly unchangedTo: number | null;
  /** Why there is no verdict; null when there is one. */
  readonly reason: string | null;
}

/** The evidence of all arms. */
export interface LocalisationEvidence {
  readonly feature: Feature;
  readonly probes: readonly Probe[];
  /** Each arm's evidence, by hop. */
  readonly hops: readonly (readonly HopEvidence[])[];
  /** Each arm's header as it was to be sent. */
  readonly meant: readonly Header[];
  /** Packets dropped by the capture meanwhile, so that silence is uncertain. */
  readonly dropped: boolean;
}

/** The outcome of each arm, the baseline's first. */
export function findings(evidence: LocalisationEvidence): ArmFinding[] {
  const { feature, hops } = evidence;
  const baseline = changesIn(evidence, 0);
  return feature.arms.map((arm, at) => {
    const changes = at === 0 ? baseline : changesIn(evidence, at);
    const own = hops[at]!;
    const unsent = problemOfSending(evidence, at);
    const stop = unsent === null ? stopIn(evidence, at) : null;
    const unchangedTo = arm.fields.length === 0 ? null : unchanged(own, arm.fields);
    const featured = changes.some(({ field }) => arm.fields.includes(field));
    const found = stop !== null && typeof stop !== "string" || featured || unchangedTo !== null;
    const nothing = at === 0 || found ? null : nothingQuoted(own, arm.fields);
    return {
      arm,
      hops: own,
      changes: unsent !== null ? [] : changes.map((change) => ({
        ...change,
        featured: arm.fields.includes(change.field),
        alike: at > 0 && baseline.some((other) => overlaps(change, other)),
      })),
      stop: typeof stop === "string" ? null : stop,
      unchangedTo: unsent === null ? unchangedTo : null,
      reason: unsent ?? (typeof stop === "string" ? stop : nothing),
    };
  });
}

function changesIn({ probes, hops }: LocalisationEvidence, arm: number): FieldChange[] {
  const sent = firstSent(probes, arm);
  if (sent === null) return [];
  const own = hops[arm]!;
  return [...fieldsSeen(own)].flatMap((field) =>
    changesOf(own, field, sent.fields.get(field) ?? null)
  );
}

/**
 * The baseline is compared with the first of the other arms, the others with the baseline: a path
 * may also drop only plain packets.
 */
function stopIn({ hops, dropped }: LocalisationEvidence, arm: number): Stop | string | null {
  const stop = stopOf(hops[arm]!, hops[arm === 0 ? 1 : 0]!);
  if (!dropped || stop === null || typeof stop === "string" || stop.kind === "refused") return stop;
  return "packets were dropped from the capture, so silence is no evidence; try again, or fewer at once";
}

/** The last hop that shows all of some fields as they were sent. */
function unchanged(hops: readonly HopEvidence[], fields: readonly string[]): number | null {
  const ends = fields.map((field) => lastUnchanged(hops, field));
  return ends.includes(null) ? null : Math.min(...ends as number[]);
}

/** Why an arm's packets cannot be judged: they did not leave as intended; null when they did. */
function problemOfSending(
  { feature, probes, meant }: LocalisationEvidence,
  at: number,
): string | null {
  const arm = feature.arms[at]!;
  const sent = firstSent(probes, at);
  if (sent === null) return "no packet was seen to leave this host";
  for (const field of arm.fields) {
    const [is, should] = [sent.fields.get(field) ?? null, meant[at]!.fields.get(field) ?? null];
    if (is === should) continue;
    return `this host itself sent ${field} ${valueText(is)} in place of ${
      valueText(should)
    }: look at its packet filter`;
  }
  return null;
}

function nothingQuoted(hops: readonly HopEvidence[], fields: readonly string[]): string {
  const quoting = hops.filter(({ quotations }) => quotations.length > 0);
  if (quoting.length === 0) return "no router quoted a packet";
  const longest = Math.max(...quoting.map(({ quoteLength }) => quoteLength ?? 0));
  const seen = fieldsSeen(hops);
  const missing = fields.filter((field) => !seen.has(field));
  if (missing.length === 0) {
    return `the quotations of ${fields.join(" and ")} contradict each other`;
  }
  return `no router quoted as far as ${missing.join(" and ")}: ${longest} octets were the most`;
}

function firstSent(probes: readonly Probe[], arm: number): Header | null {
  return probes.find((probe) => probe.arm === arm && probe.sent !== null)?.sent ?? null;
}

function overlaps(a: FieldChange, b: FieldChange): boolean {
  return a.field === b.field && a.between[0] < b.between[1] && b.between[0] < a.between[1];
}

/** A field's value as text. */
export function valueText(value: FieldValue): string {
  return value === null
    ? "none"
    : value === true
    ? "set"
    : value === false
    ? "clear"
    : String(value);
}
