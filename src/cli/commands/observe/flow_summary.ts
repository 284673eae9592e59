import type { FlowSummary } from "../../../observe/summary.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import { count, counted, duration } from "../../../host/quantity.ts";
import { type Column, tableLines } from "../../terminal/table.ts";

/** The summary of flows as a table for people. */
export function flowSummaryText(summary: FlowSummary, colour: boolean): string {
  const { flows, packets, octets, protocols, talkers } = summary;
  const head = [counted(flows, "flow"), counted(packets, "packet"), counted(octets, "octet")];
  if (summary.first_packet === null || summary.last_packet === null) return `${head.join(", ")}\n`;
  const span = duration(summary.last_packet - summary.first_packet);
  const from = new Date(summary.first_packet * 1000).toISOString();
  const paint = colour ? COLOURED : PLAIN;
  const columns = (label: string, ...numbers: string[]): Column[] => [
    { title: label, paint: paint.label },
    ...numbers.map((title): Column => ({ title, align: "right" })),
  ];
  const lines = [
    `${head.join(", ")} in ${span} from ${from}`,
    "",
    ...tableLines(
      columns("PROTOCOL", "FLOWS", "PACKETS", "OCTETS", "SHARE"),
      protocols.map((row) => [
        row.name,
        count(row.flows),
        count(row.packets),
        count(row.octets),
        `${(octets > 0 ? row.octets / octets * 100 : 0).toFixed(1)} %`,
      ]),
      { paintTitles: paint.title },
    ),
    "",
    ...tableLines(
      columns("TOP TALKER", "FLOWS", "PACKETS", "OCTETS", "SENT", "RECEIVED"),
      talkers.map((row) => [
        row.address,
        ...[row.flows, row.packets, row.octets, row.sent, row.received].map(count),
      ]),
      { paintTitles: paint.title },
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
