// @ts-types="../types/colors.d.ts"
import { bold, cyan } from "@std/fmt/colors";
import type { FlowSummary } from "../observe/summary.ts";
import { count, counted, duration } from "./quantity.ts";

/** The summary of flows as a table for people. */
export function flowSummaryText(summary: FlowSummary, colour: boolean): string {
  const { flows, packets, octets, protocols, talkers } = summary;
  const head = [counted(flows, "flow"), counted(packets, "packet"), counted(octets, "octet")];
  if (summary.first_packet === null || summary.last_packet === null) return `${head.join(", ")}\n`;
  const span = duration(summary.last_packet - summary.first_packet);
  const from = new Date(summary.first_packet * 1000).toISOString();
  const paint: Paint = colour ? { title: bold, label: cyan } : { title: same, label: same };
  const lines = [
    `${head.join(", ")} in ${span} from ${from}`,
    "",
    ...columns(
      ["PROTOCOL", "FLOWS", "PACKETS", "OCTETS", "SHARE"],
      protocols.map((row) => [
        row.name,
        count(row.flows),
        count(row.packets),
        count(row.octets),
        `${(octets > 0 ? row.octets / octets * 100 : 0).toFixed(1)} %`,
      ]),
      paint,
    ),
    "",
    ...columns(
      ["TOP TALKER", "FLOWS", "PACKETS", "OCTETS", "SENT", "RECEIVED"],
      talkers.map((row) => [
        row.address,
        ...[row.flows, row.packets, row.octets, row.sent, row.received].map(count),
      ]),
      paint,
    ),
  ];
  if (summary.talkers_error > 0) {
    lines.push(
      `Too many addresses to count each: one may have had ${
        counted(summary.talkers_error, "octet")
      } more.`,
    );
  }
  return `${lines.join("\n")}\n`;
}

interface Paint {
  readonly title: (text: string) => string;
  readonly label: (text: string) => string;
}

function same(text: string): string {
  return text;
}

/** Rows under their titles: the first column to the left, numbers to the right. */
function columns(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  { title, label }: Paint,
): string[] {
  const widths = titles.map((text, at) =>
    Math.max(text.length, ...rows.map((row) => row[at]!.length))
  );
  const line = (row: readonly string[], first: (text: string) => string) =>
    row.map((text, at) =>
      at === 0 ? first(text) + " ".repeat(widths[0]! - text.length) : text.padStart(widths[at]!)
    ).join("  ");
  return [title(line(titles, same)), ...rows.map((row) => line(row, label))];
}
