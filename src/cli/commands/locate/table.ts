import type { Localisation } from "../../../probe/localise.ts";
import { fieldAt, type HopEvidence } from "../../../probe/localise/hops.ts";
import { hostsAt } from "../../../probe/localise/report.ts";
import { type ArmFinding, valueText } from "../../../probe/localise/verdict.ts";
import type { Paint } from "../../terminal/paint.ts";
import { type Column, tableLines } from "../../terminal/table.ts";
import { sentences } from "../../../probe/localise/sentences.ts";

/** A localisation for people: the hops, then what follows from them. */
export function locateTable(name: string, found: Localisation, paint: Paint): string[] {
  const { remote, feature, arms, problem, local } = found;
  const where = name === remote.address ? name : `${name} (${remote.address})`;
  const version = remote.address.includes(":") ? 6 : 4;
  const title = `${where} port ${remote.port} over IPv${version}, ${feature.name}`;
  if (problem !== null) return [title, ...sentences(found)];
  const from = `from ${local!.address} port ${local!.port}`;
  const rows = arms[0]!.hops.map(({ ttl }, at) => [
    String(ttl),
    hostsAt(arms, ttl, found.length).join(" ") || "*",
    ...arms.map(({ hops }) => answered(hops[at]!)),
    quoted(arms.map(({ hops }) => hops[at]!)),
    changed(arms, at),
  ]);
  const columns: Column[] = [
    { title: "HOP", align: "right" },
    { title: "HOST", paint: paint.label },
    ...arms.map(({ arm }): Column => ({ title: arm.name.toUpperCase(), align: "right" })),
    { title: "QUOTED", align: "right" },
    { title: "CHANGED" },
  ];
  return [
    `${title}, ${from}`,
    ...tableLines(columns, rows, { paintTitles: paint.title }),
    ...sentences(found),
  ];
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
