import { isForeign, isUnreachable, localProblem } from "../../../probe/classify.ts";
import type { Ping } from "../../../probe/ping.ts";
import type { HostPing } from "../../../run/probing/ping_run.ts";
import type { Paint } from "../../terminal/paint.ts";
import { type Column, tableLines } from "../../terminal/table.ts";
import { TIME_COLUMNS, timeCells } from "../../probing/columns.ts";
import type { AddressBook } from "../trace/table.ts";

/** Pings as a table for people. */
export function pingTable(
  pings: readonly HostPing[],
  book: AddressBook,
  paint: Paint,
): string[] {
  const columns: Column[] = [
    { title: "HOST", paint: paint.label },
    ...(book.asn === undefined ? [] : [{ title: "AS" }]),
    ...TIME_COLUMNS,
    {},
  ];
  const rows = pings.map(({ target, ping }) => [
    hostText(target.name, ping.to.text, book),
    ...(book.asn === undefined ? [] : [asText(book.asn(ping.to.text))]),
    ...timeCells(ping.times),
    note(ping),
  ]);
  return tableLines(columns, rows, { paintTitles: paint.title });
}

function hostText(name: string, address: string, book: AddressBook): string {
  const known = name === address ? book.name(address) : name;
  return known === null ? address : `${known} (${address})`;
}

function asText(numbers: string | null): string {
  return numbers === null ? "" : `AS${numbers}`;
}

function note({ refused, last }: Ping): string {
  if (refused !== null) return `cannot send: ${localProblem(refused)}`;
  if (last === null || last.responder === null) return "";
  if (isUnreachable(last.result)) return `${last.responder} says unreachable`;
  if (last.result === "ttl-expired") return `the TTL expired at ${last.responder}`;
  return isForeign(last) ? `${last.responder} answers for it, which does not count` : "";
}
