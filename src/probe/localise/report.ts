import type { Localisation } from "../localise.ts";
import type { Interval } from "./interval.ts";
import type { ArmFinding } from "./verdict.ts";

/** What a localisation found, as a record. */
export function localisationRecord(
  { feature, remote, local, began, ended, length, arms, ignored, problem }: Localisation,
): Record<string, unknown> {
  return {
    dst_addr: remote.address,
    dst_port: remote.port,
    src_addr: local?.address ?? null,
    src_port: local?.port ?? null,
    feature: feature.name,
    time: { from: new Date(began).toISOString(), to: new Date(ended).toISOString() },
    length,
    arms: arms.map(armRecord),
    hops: hopRecords(arms),
    ignored: { wrong_checksum: ignored.wrongChecksum, never_sent: ignored.neverSent },
    ...(problem === null ? {} : { problem }),
  };
}

function armRecord({ arm, changes, stop, unchangedTo, reason, hops }: ArmFinding) {
  return {
    arm: arm.name,
    ...(arm.fields.length === 0 ? {} : { fields: arm.fields, unchanged_to: unchangedTo }),
    changes: changes.map((change) => ({
      field: change.field,
      from: change.from,
      to: change.to,
      between: change.between,
      responders: responders(hops, change.between),
      featured: change.featured,
      baseline_too: change.alike,
      agreeing: change.agreeing,
      sent: change.sent,
      confidence: share(change.agreeing, change.sent),
      witnesses: change.witnesses,
    })),
    stop: stop === null ? null : {
      kind: stop.kind,
      between: stop.between,
      responders: responders(hops, stop.between),
      sent: stop.sent,
      other_sent: stop.otherSent,
      other_answered: stop.otherAnswered,
      confidence: Math.round((1 - stop.chance) * 1000) / 1000,
    },
    reason,
  };
}

/** What the hops of a path answered, the silent ones too, for each arm. */
function hopRecords(arms: readonly ArmFinding[]) {
  return (arms[0]?.hops ?? []).map(({ ttl }, at) => ({
    hop: ttl,
    responders: respondersAt(arms, ttl),
    arms: Object.fromEntries(arms.map(({ arm, hops }) => {
      const hop = hops[at]!;
      return [arm.name, {
        sent: hop.sent,
        ...Object.fromEntries(
          (["expired", "syn-ack", "rst", "refused"] as const)
            .map((kind) => [kind.replace("-", "_"), hop.count(kind)]).filter(([, count]) => count),
        ),
        ...(hop.disputed === 0 ? {} : { disputed: hop.disputed }),
        ...(hop.quoteLength === null ? {} : { quote_length: hop.quoteLength }),
      }];
    })),
  }));
}

/** Who answered packets with a time to live, of any arm. */
export function respondersAt(arms: readonly ArmFinding[], ttl: number): readonly string[] {
  return [...new Set(arms.flatMap(({ hops }) => hops[ttl - 1]?.responders ?? []))];
}

/** Who answered at the two hops; null for this host, or where nobody did. */
function responders(hops: ArmFinding["hops"], between: Interval): (string | null)[] {
  return between.map((ttl) => hops[ttl - 1]?.responders[0] ?? null);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round(part / whole * 1000) / 1000;
}

/**
 * A path as a Path Transparency Observatory writes it: addresses in order, `*` for any number of hops
 * that are not known.
 */
export function ptoPath({ local, remote, length, arms }: Localisation): string[] {
  const last = length === null ? arms[0]?.hops.length ?? 0 : length - 1;
  const path = [local?.address ?? "*"];
  for (let ttl = 1; ttl <= last; ttl++) {
    const [responder] = respondersAt(arms, ttl);
    if (responder !== undefined && responder !== remote.address) path.push(responder);
    else if (path.at(-1) !== "*") path.push("*");
  }
  if (length === null && path.at(-1) !== "*") path.push("*");
  return [...path, remote.address];
}

/** What ends a condition's name, and what it means; `H` is hops, `3-4` for between the third and the fourth. */
export const LOCALISED = {
  "changed_at:H": "what the feature is was changed between hops H, on the way to the target",
  "dropped_at:H": "packets with the feature were dropped between hops H",
  "refused_at:H": "packets with the feature were answered between hops H with a refusal",
  "unchanged_to:H": "hop H is the last that saw the feature as it was sent",
  "not_localised": "there was not enough evidence to say where",
} as const;

/**
 * The conditions that a localisation adds to a result.
 *
 * @param name what they begin with: `dscp.46`
 */
export function localisedConditions({ arms, problem }: Localisation, name: string): string[] {
  if (problem !== null) return [`${name}.not_localised`];
  return arms.flatMap(({ arm, changes, stop, unchangedTo }, at) => {
    const under = arm.part === "" ? name : `${name}.${arm.part}`;
    const found = [
      ...changes.filter(({ featured }) => featured)
        .map(({ between }) => `${under}.changed_at:${between.join("-")}`),
      ...(stop === null ? [] : [`${under}.${stop.kind}_at:${stop.between.join("-")}`]),
    ];
    if (found.length > 0 || at === 0) return [...new Set(found)];
    return [
      unchangedTo === null ? `${under}.not_localised` : `${under}.unchanged_to:${unchangedTo}`,
    ];
  });
}
