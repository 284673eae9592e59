import type { Localisation } from "../probe/localise.ts";
import type { Interval } from "../probe/localise/interval.ts";
import { fieldAt, type HopEvidence } from "../probe/localise/hops.ts";
import { respondersAt } from "../probe/localise/report.ts";
import { type ArmFinding, valueText } from "../probe/localise/verdict.ts";
import { columns, type Paint } from "./columns.ts";

/** A localisation for people: the hops, then what follows from them. */
export function locateTable(name: string, found: Localisation, paint: Paint): string[] {
  const { remote, feature, arms, problem, local } = found;
  const where = name === remote.address ? name : `${name} (${remote.address})`;
  const version = remote.address.includes(":") ? 6 : 4;
  const title = `${where} port ${remote.port} over IPv${version}, ${feature.name}`;
  if (problem !== null) return [title, `Nothing found: ${problem}.`];
  const from = `from ${local!.address} port ${local!.port}`;
  const rows = arms[0]!.hops.map(({ ttl }, at) => [
    String(ttl),
    respondersAt(arms, ttl).join(" ") || "*",
    ...arms.map(({ hops }) => answered(hops[at]!)),
    quoted(arms.map(({ hops }) => hops[at]!)),
    changed(arms, at),
  ]);
  const titles = [
    "HOP",
    "HOST",
    ...arms.map(({ arm }) => arm.name.toUpperCase()),
    "QUOTED",
    "CHANGED",
  ];
  const left = [1, titles.length - 1];
  return [`${title}, ${from}`, ...columns(titles, rows, paint, left), ...sentences(found)];
}

/** How many packets were answered, and by what unless they expired. */
function answered(hop: HopEvidence): string {
  const ends = (["syn-ack", "rst", "refused"] as const).filter((kind) => hop.count(kind) > 0);
  return [...ends.map((kind) => kind.toUpperCase()), `${hop.answers.length}/${hop.sent}`].join(" ");
}

function quoted(hops: readonly HopEvidence[]): string {
  const lengths = hops.flatMap(({ quoteLength }) => quoteLength ?? []);
  return lengths.length === 0 ? "" : String(Math.max(...lengths));
}

/** The fields that arrived changed at a hop, of any arm. */
function changed(arms: readonly ArmFinding[], at: number): string {
  const texts = new Set<string>();
  for (const { hops } of arms) {
    const hop = hops[at]!;
    for (
      const field of new Set(
        hop.quotations.flatMap(({ quotation }) => [...quotation!.comparison.changed.keys()]),
      )
    ) {
      const state = fieldAt(hop, field);
      if (state?.value !== undefined) texts.add(`${field} ${valueText(state.value)}`);
    }
  }
  return [...texts].join(", ");
}

function sentences(found: Localisation): string[] {
  const { arms, ignored, length } = found;
  const lines = arms.flatMap((finding, at) => sentencesOf(finding, arms, at === 0));
  if (length === null) lines.push("The target did not answer.");
  if (ignored.neverSent > 0) {
    lines.push(`Passed over: ${ignored.neverSent} quotations of packets that were never sent.`);
  }
  if (ignored.wrongChecksum > 0) {
    lines.push(`Passed over: ${ignored.wrongChecksum} ICMP messages with a wrong checksum.`);
  }
  return lines;
}

function sentencesOf(
  finding: ArmFinding,
  arms: readonly ArmFinding[],
  baseline: boolean,
): string[] {
  const { arm, changes, stop, unchangedTo, reason } = finding;
  const own = changes.filter(({ alike }) => !alike).map((change) =>
    `${arm.name}: ${change.field} ${valueText(change.from)} becomes ${valueText(change.to)} ${
      place(arms, change.between)
    }, say ${change.agreeing} of ${change.sent} packets.`
  );
  const stops = stop === null ? [] : [
    `${arm.name}: ${stop.kind} ${place(arms, stop.between)}; of ${stop.otherSent} packets ${
      baseline ? "with the feature" : "without it"
    }, ${stop.otherAnswered} were answered there.`,
  ];
  const featured = changes.some(({ featured }) => featured);
  const same = unchangedTo !== null && !featured
    ? [
      `${arm.name}: ${arm.fields.join(", ")} unchanged up to hop ${unchangedTo}${
        behind(finding, arms, unchangedTo)
      }.`,
    ]
    : [];
  return [
    ...own,
    ...stops,
    ...same,
    ...(reason === null ? [] : [`${arm.name}: not localised: ${reason}.`]),
  ];
}

function behind({ stop }: ArmFinding, arms: readonly ArmFinding[], hop: number): string {
  const last = arms[0]!.hops.length;
  return stop === null && hop < last ? "; what happens behind it is not quoted" : "";
}

function place(arms: readonly ArmFinding[], [before, after]: Interval): string {
  return `between ${hopText(arms, before)} and ${hopText(arms, after)}`;
}

function hopText(arms: readonly ArmFinding[], ttl: number): string {
  if (ttl === 0) return "this host";
  const [responder] = respondersAt(arms, ttl);
  return responder === undefined ? `hop ${ttl}` : `hop ${ttl} (${responder})`;
}
