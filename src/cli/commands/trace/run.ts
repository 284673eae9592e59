import { Journal } from "../../../host/journal.ts";
import { atlasTraceroute } from "../../../probe/atlas.ts";
import { MtrPacket } from "../../../probe/mtr_packet.ts";
import type { ProbeOptions, ProbeProtocol } from "../../../probe/probe_options.ts";
import { Trace } from "../../../probe/trace.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { TIME_FIELDS, timeFields } from "../../probing/columns.ts";
import { checkPaths, checkProbing } from "../../probing/usage.ts";
import { canvasOn, Screen } from "../../terminal/screen.ts";
import type { TraceInvocation } from "./options.ts";
import { type NamedTrace, sameWay, traceTable } from "./table.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { print } from "../../terminal/print.ts";
import { isColoured } from "../../terminal/style.ts";
import { teller } from "../../terminal/tell.ts";
import {
  atlasFacts,
  checkHosts,
  checkSource,
  Directory,
  findTargets,
  markOf,
  probeOf,
  type ProbeTarget,
  RecordOutput,
  unroutable,
} from "../../probing/probing.ts";

const QUERIES = 3;
const INTERVAL = 0.1;
const WATCH_INTERVAL = 1;
/** Source ports of UDP traces: so many from the first on, by the number of this process. */
const SOURCE_PORTS = { first: 20_000, count: 10_000 } as const;

type TraceCommandOptions = TraceInvocation["options"];

/** The traces of a target, one a path. */
interface Group {
  readonly target: ProbeTarget;
  readonly traces: readonly Trace[];
  /** Resolves when all of them have ended. */
  readonly ended: Promise<unknown>;
}

/** Runs `spider trace`. */
export async function run(
  { options, positionals }: TraceInvocation,
  streams: Context,
): Promise<number> {
  const { stdout, stderr } = streams;
  const { json, csv, watch, paths } = options;
  const protocol = (options.protocol ?? (paths > 1 ? "udp" : "icmp")) as ProbeProtocol;
  checkProbing(options, protocol, stdout.isTerminal());
  checkPaths(options, protocol);
  checkHosts(positionals);
  const versions = checkSource(options);
  const directory = await Directory.open(options, streams);
  using journal = Journal.whenNeeded();
  using interruption = new Interruption(() => journal.close());
  const { targets, missing } = await findTargets(positionals, {
    ...versions,
    outlet: null,
    signal: interruption.signal,
    tell: teller(stderr),
  });
  const six = targets.find(({ to }) => to.version === 6);
  const bothPorts = options.port !== undefined && options["source-port"] !== undefined;
  if (six !== undefined && (paths > 1 || bothPorts)) {
    throw new UsageError(
      `over IPv6 mtr-packet cannot hold both ports, and ${six.name} is IPv6; give -4, or leave out ` +
        (paths > 1 ? "--paths" : "--source-port"),
    );
  }
  const mark = markOf(options, protocol, targets, journal);
  await using mtr = await MtrPacket.open();
  const stop = new AbortController();
  const signal = AbortSignal.any([interruption.signal, stop.signal]);
  const errors: unknown[] = [];
  const groups = targets.map((target): Group => {
    const traces = Array.from(
      { length: paths },
      (_, path) =>
        traceOf(mtr, target, path, probeOf(options, protocol, target.to, mark), options, signal),
    );
    const ended = Promise.all(traces.map((trace) =>
      trace.run().catch((error) => {
        errors.push(error);
      })
    ));
    return { target, traces, ended };
  });

  const paint = isColoured(stdout) ? COLOURED : PLAIN;
  const table = (group: Group) =>
    named(group, protocol).flatMap((trace) => [...traceTable(trace, directory, paint), ""]);
  const screen = watch
    ? new Screen(() => groups.flatMap(table), () => stop.abort(), canvasOn(stdout))
    : null;
  const records = json || csv ? new RecordOutput(csv ? COLUMNS : null, stdout) : null;
  try {
    for (const group of groups) {
      await group.ended;
      if (screen !== null) continue;
      if (records !== null) {
        write(records, group, options, protocol, directory);
        continue;
      }
      table(group); // so that names are looked up
      await directory.settled();
      await print(table(group).join("\n") + "\n", stdout);
    }
    screen?.stop();
    if (screen !== null) await print(groups.flatMap(table).join("\n") + "\n", stdout);
  } finally {
    stop.abort();
    await records?.close();
  }
  if (errors.length > 0) throw errors[0];
  const refused = groups.some(({ traces }) => traces.some((trace) => trace.refused !== null));
  if (interruption.signal.aborted && !(watch && options.queries === undefined)) return INTERRUPTED;
  return missing > 0 || refused ? 1 : 0;
}

function traceOf(
  mtr: MtrPacket,
  { to }: ProbeTarget,
  path: number,
  probe: ProbeOptions,
  options: TraceCommandOptions,
  signal: AbortSignal,
): Trace {
  const { watch, queries, interval } = options;
  const first = options["source-port"] ?? SOURCE_PORTS.first + Deno.pid % SOURCE_PORTS.count;
  const held = probe.protocol === "udp" && (to.version === 4 || probe.port === undefined);
  return new Trace(mtr, to, {
    maxTtl: options["max-ttl"],
    queries: queries ?? (watch ? Infinity : QUERIES),
    intervalMs: (interval ?? (watch ? WATCH_INTERVAL : INTERVAL)) * 1000,
    probe: held ? { ...probe, localPort: first + path } : probe,
    keep: options.json,
    refused: unroutable(options, to),
    signal,
  });
}

/** What is shown of a target: each of the ways that its paths take once, by who tells the most. */
function named({ target, traces }: Group, protocol: ProbeProtocol): NamedTrace[] {
  const ways: { trace: Trace; paths: number[] }[] = [];
  traces.forEach((trace, index) => {
    const same = ways.find((way) => sameWay(way.trace, trace));
    if (same === undefined) ways.push({ trace, paths: [index + 1] });
    else {
      same.paths.push(index + 1);
      if (answered(trace) > answered(same.trace)) same.trace = trace;
    }
  });
  return ways.map(({ trace, paths }) => ({
    name: target.name,
    protocol,
    paths: traces.length > 1 ? paths : [],
    trace,
  }));
}

function answered({ hops }: Trace): number {
  return hops.filter(({ responders }) => responders.length > 0).length;
}

const COLUMNS = [
  "host",
  "address",
  "path",
  "hop",
  "responder",
  "asn",
  "result",
  ...TIME_FIELDS,
  "mpls",
] as const;

function write(
  records: RecordOutput,
  { target, traces }: Group,
  options: TraceCommandOptions,
  protocol: ProbeProtocol,
  directory: Directory,
): void {
  const facts = atlasFacts(target, options, protocol, directory);
  traces.forEach((trace, index) => {
    if (options.json) records.write(atlasTraceroute(trace, index + 1, facts));
    else rows(target, trace, index + 1, directory).forEach((row) => records.write(row));
  });
}

/** A row for each who answered at a hop; the first has what was lost there, too. */
function rows(
  { name, to }: ProbeTarget,
  trace: Trace,
  path: number,
  { asn }: Directory,
): unknown[] {
  const common = { host: name, address: to.text, path };
  return trace.hops.flatMap((hop) => {
    const base = { ...common, hop: hop.ttl };
    if (hop.responders.length === 0) return [{ ...base, ...timeFields(hop.times) }];
    return hop.responders.map(({ address, last, times }, at) => ({
      ...base,
      responder: address,
      asn: asn?.(address) ?? null,
      result: last.result,
      ...timeFields(at === 0 && hop.responders.length === 1 ? hop.times : times),
      mpls: last.mpls.map(({ label, trafficClass, bottomOfStack, ttl }) =>
        `${label}/${trafficClass}/${bottomOfStack ? 1 : 0}/${ttl}`
      ).join(" "),
    }));
  });
}
