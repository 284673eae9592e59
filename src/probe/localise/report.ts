import type { Localisation } from "../localise.ts";
import type { Interval } from "./interval.ts";
import type { ArmFinding } from "./verdict.ts";

/** What a localisation found, as a record. */
export function localisationRecord(
  { feature, remote, local, began, ended, length, nearer, arms, ignored, problem }: Localisation,
): Record<string, unknown> {
  return {
    dst_addr: remote.address,
    dst_port: remote.port,
    src_addr: local?.address ?? null,
    src_port: local?.port ?? null,
    feature: feature.name,
    time: { from: new Date(began).toISOString(), to: new Date(ended).toISOString() },
    length,
    nearer,
    arms: arms.map((finding) => armRecord(finding, arms, length)),
    hops: hopRecords(arms, length),
    ignored: { wrong_checksum: ignored.wrongChecksum, never_sent: ignored.neverSent },
    ...(problem === null ? {} : { problem }),
  };
}

function armRecord(
  { arm, changes, stop, unchangedTo, reason }: ArmFinding,
  arms: readonly ArmFinding[],
  length: number | null,
) {
  return {
    arm: arm.name,
    ...(arm.fields.length === 0 ? {} : { fields: arm.fields, unchanged_to: unchangedTo }),
    changes: changes.map((change) => ({
      field: change.field,
      from: change.from,
      to: change.to,
      between: change.between,
      responders: responders(arms, change.between, length),
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
      responders: responders(arms, stop.between, length),
      sent: stop.sent,
      other_sent: stop.otherSent,
      other_answered: stop.otherAnswered,
      confidence: Math.round((1 - stop.chance) * 1000) / 1000,
    },
    reason,
  };
}

/** What the hops of a path answered, the silent ones too, for each arm. */
function hopRecords(arms: readonly ArmFinding[], length: number | null) {
  return (arms[0]?.hops ?? []).map(({ ttl }, at) => ({
    hop: ttl,
    responders: hostsAt(arms, ttl, length),
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

/**
 * The hosts found at a hop by any arm: the routers at which packets expired, or where none did the
 * target. A host that refuses on the target's behalf need not be at that hop.
 *
 * @param length the number of hops to the target; null when it did not answer
 */
export function hostsAt(
  arms: readonly ArmFinding[],
  ttl: number,
  length: number | null,
): readonly string[] {
  const answers = arms.flatMap(({ hops }) => hops[ttl - 1]?.answers ?? []);
  const expired = answers.filter(({ kind }) => kind === "expired");
  const there = expired.length > 0 ? expired : ttl === length ? answers : [];
  return [...new Set(there.map(({ responder }) => responder))];
}

/** The hosts found at the two hops; null for this host, or where none was. */
function responders(
  arms: readonly ArmFinding[],
  between: Interval,
  length: number | null,
): (string | null)[] {
  return between.map((ttl) => hostsAt(arms, ttl, length)[0] ?? null);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round(part / whole * 1000) / 1000;
}

/** The hosts found at each hop, the target's included. */
export function hopsOfPath(
  { arms, length }: Localisation,
): { hop: number; responders: readonly string[] }[] {
  const hops = (arms[0]?.hops ?? []).slice(0, length ?? undefined);
  return hops.map(({ ttl }) => ({ hop: ttl, responders: hostsAt(arms, ttl, length) }));
}

/**
 * A path as a Path Transparency Observatory writes it: addresses in order, `*` for any number of hops
 * that are not known.
 */
export function ptoPath({ local, remote, length, arms }: Localisation): string[] {
  const last = length === null ? arms[0]?.hops.length ?? 0 : length - 1;
  const path = [local?.address ?? "*"];
  for (let ttl = 1; ttl <= last; ttl++) {
    const [responder] = hostsAt(arms, ttl, length);
    if (responder !== undefined && responder !== remote.address) path.push(responder);
    else if (path.at(-1) !== "*") path.push("*");
  }
  if (length === null && path.at(-1) !== "*") path.push("*");
  return [...path, remote.address];
}

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
