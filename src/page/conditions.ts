/** Whether a condition is how a path should be, or not; or tells neither. */
export type Tone = "good" | "bad" | "warn" | "plain";

const TONES: readonly (readonly [RegExp, Tone])[] = [
  [/\b(broken|failed|not_acked|deflated|changed_at|dropped_at|refused_at)\b/, "bad"],
  [/\b(transient|not_observed|missed_flows|not_localised|inflated|reflected)\b/, "warn"],
  [/\b(offline|not_received|absent|not_seen)\b/, "plain"],
  [/\b(works|succeeded|success|online|received|acked|unchanged)\b/, "good"],
];

/** The tone of a condition, by the words that the conditions of all spiders share. */
export function toneOf(condition: string): Tone {
  return TONES.find(([words]) => words.test(condition))?.[1] ?? "plain";
}

const ORDER: readonly Tone[] = ["bad", "warn", "good", "plain"];

/** Conditions in the order of their tones, what is not as it should be first. */
export function byTone(conditions: readonly string[]): string[] {
  return conditions.toSorted((a, b) => ORDER.indexOf(toneOf(a)) - ORDER.indexOf(toneOf(b)));
}

/** What a condition is about, and what it says of that: `ecn.connectivity` and `works`. */
export function partsOf(condition: string): readonly [about: string, says: string] {
  const value = condition.indexOf(":");
  // What stands behind a colon may have dots
  const name = value < 0 ? condition : condition.slice(0, value);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? ["", condition] : [condition.slice(0, dot), condition.slice(dot + 1)];
}

/** Conditions with their counts, put together by what they are about; the most frequent first. */
export function grouped(
  conditions: Readonly<Record<string, number>>,
): readonly (readonly [
  about: string,
  readonly { readonly name: string; readonly count: number }[],
])[] {
  const all = Object.entries(conditions).map(([name, count]) => ({ name, count }));
  return [...Map.groupBy(all, ({ name }) => partsOf(name)[0])]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([about, some]) => [about, some.toSorted((a, b) => b.count - a.count)] as const);
}

/** The condition that is worth to be looked at first: the most frequent that is bad, else the rarest. */
export function worstOf(conditions: Readonly<Record<string, number>>): string | null {
  const all = Object.entries(conditions).sort(([, a], [, b]) => b - a);
  const found = all.find(([name]) => toneOf(name) === "bad") ?? all.at(-1);
  return found?.[0] ?? null;
}

/** Where on a path something happens. */
export interface Finding {
  /** What it is about: `dscp.46`. */
  readonly about: string;
  readonly kind: "changed" | "dropped" | "refused";
  /** Hops before and behind it; 0 is this host. */
  readonly between: readonly [number, number];
}

/** What a localisation found, as it stands in a result's conditions. */
export function findingsIn(conditions: readonly string[]): Finding[] {
  return conditions.flatMap((condition) => {
    const [, about = "", kind, from, to] =
      /^(.+)\.(changed|dropped|refused)_at:(\d+)-(\d+)$/.exec(condition) ?? [];
    if (kind === undefined) return [];
    return [{ about, kind: kind as Finding["kind"], between: [Number(from), Number(to)] }];
  });
}
