import { isForeign, isUnreachable, localProblem } from "../../../probe/classify.ts";
import type { Hop, Responder } from "../../../probe/hop.ts";
import type { ProbeProtocol } from "../../../probe/probe_options.ts";
import type { MplsLabel } from "../../../probe/reply.ts";
import type { Trace } from "../../../probe/trace.ts";
import type { Paint } from "../../terminal/paint.ts";
import { type Column, tableLines } from "../../terminal/table.ts";
import { TIME_COLUMNS, timeCells } from "../../probing/columns.ts";

/** How addresses are told. */
export interface AddressBook {
  /** The name of an address; null when it has none, or names are not requested. */
  name(address: string): string | null;
  /** Its AS numbers; undefined when not requested. */
  readonly asn: ((address: string) => string | null) | undefined;
}

/** A trace and what it was of. */
export interface NamedTrace {
  /** The target as it was named. */
  readonly name: string;
  readonly protocol: ProbeProtocol;
  /** Which of several paths this is, and which others go the same way; empty when there is one. */
  readonly paths: readonly number[];
  readonly trace: Trace;
}

/** A trace as a table for people. */
export function traceTable(named: NamedTrace, book: AddressBook, paint: Paint): string[] {
  const { trace } = named;
  const columns: Column[] = [
    { title: "HOP", align: "right" },
    { title: "HOST", paint: paint.label },
    ...(book.asn === undefined ? [] : [{ title: "AS" }]),
    ...TIME_COLUMNS,
  ];
  const { hops, silent } = shown(trace);
  const rows = hops.map((hop) => [
    silent > 1 && hop === hops.at(-1) ? `${hop.ttl}-${hop.ttl + silent - 1}` : String(hop.ttl),
    host(hop.responders[0], trace, book),
    ...(book.asn === undefined ? [] : [asOf(hop.responders[0], book)]),
    ...timeCells(hop.times),
  ]);
  const [head = "", ...lines] = tableLines(columns, rows, { paintTitles: paint.title });
  const margin = " ".repeat(Math.max(3, ...rows.map(([ttl]) => ttl!.length)) + 2);
  return [
    title(named),
    ...(rows.length === 0 ? [] : [head]),
    ...hops.flatMap((hop, at) => [
      lines[at]!,
      ...labels(hop.responders[0]).map((text) => margin + text),
      ...hop.responders.slice(1).flatMap((responder) =>
        [alsoThere(responder, trace, book), ...labels(responder)].map((text) => margin + text)
      ),
    ]),
    ...ending(trace),
    ...severalWays(named),
  ];
}

/** The hops that have a row: the silent ones at the end share one. */
function shown({ hops }: Trace): { hops: readonly Hop[]; silent: number } {
  const silent = hops.length - 1 - hops.findLastIndex(({ responders }) => responders.length > 0);
  return { hops: hops.slice(0, hops.length - Math.max(0, silent - 1)), silent };
}

function title({ name, protocol, paths, trace: { to } }: NamedTrace): string {
  const where = name === to.text ? name : `${name} (${to.text})`;
  const which = paths.length === 0
    ? ""
    : `, path${paths.length === 1 ? "" : "s"} ${paths.join(", ")}`;
  return `${where} by ${protocol.toUpperCase()} over IPv${to.version}${which}`;
}

function host(responder: Responder | undefined, trace: Trace, book: AddressBook): string {
  if (responder === undefined) return "*";
  const { address, last } = responder;
  const name = book.name(address);
  const note = isUnreachable(last.result)
    ? " (says unreachable)"
    : isForeign(last)
    ? ` (answers for ${trace.to.text})`
    : "";
  return `${name === null ? address : `${name} (${address})`}${note}`;
}

function alsoThere(responder: Responder, trace: Trace, book: AddressBook): string {
  const numbers = book.asn === undefined ? "" : `  ${asOf(responder, book)}`;
  return `${host(responder, trace, book)}${numbers}`.trimEnd();
}

function asOf(responder: Responder | undefined, book: AddressBook): string {
  const numbers = responder === undefined ? null : book.asn?.(responder.address) ?? null;
  return numbers === null ? "" : `AS${numbers}`;
}

function labels(responder: Responder | undefined): string[] {
  return (responder?.last.mpls ?? []).map(labelText);
}

function labelText({ label, trafficClass, bottomOfStack, ttl }: MplsLabel): string {
  return `[MPLS label ${label}, class ${trafficClass}, ${
    bottomOfStack ? "bottom" : "not bottom"
  } of stack, TTL ${ttl}]`;
}

function ending(trace: Trace): string[] {
  if (trace.refused !== null) return [`Cannot send: ${localProblem(trace.refused)}.`];
  if (trace.ended === null || trace.reached || trace.hops.length === 0) return [];
  return trace.hops.at(-1)!.responders.some(({ last }) => isUnreachable(last.result))
    ? []
    : [`${trace.to.text} did not answer.`];
}

/** Tells that rows hold the routers of several paths, which they do not part. */
function severalWays({ trace, protocol }: NamedTrace): string[] {
  const { hops, lengths } = trace;
  const holds = protocol === "icmp" || protocol === "udp" && trace.to.version === 4;
  const advice = holds ? "" : `; every ${protocol.toUpperCase()} probe is a flow of its own`;
  if (lengths !== null) {
    const [shortest, longest] = lengths;
    const end = hops.length < longest
      ? `goes on behind hop ${hops.length}`
      : `ends at hop ${longest}`;
    return [
      `The probes took paths of unequal length, whose routers share the rows: the shortest ends at ` +
      `hop ${shortest}, the longest ${end}${advice}.`,
    ];
  }
  if (holds || hops.every(({ responders }) => responders.length < 2)) return [];
  return [`The probes took several paths, whose routers share the rows${advice}.`];
}

/** Whether two traces to one target may have gone the same way: no hop tells them apart. */
export function sameWay(a: Trace, b: Trace): boolean {
  return a.hops.every(({ responders }, at) => {
    const others = b.hops[at]?.responders ?? [];
    return responders.length === 0 || others.length === 0 ||
      responders.some(({ address }) => others.some((other) => other.address === address));
  });
}
