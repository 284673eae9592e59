import { atlasTraceroute } from "../../../probe/atlas.ts";
import type { ProbeProtocol } from "../../../probe/probe_options.ts";
import type { Trace } from "../../../probe/trace.ts";
import { atlasFacts } from "../../../run/probing/session.ts";
import type { ProbeTarget } from "../../../run/probing/targets.ts";
import type { TraceRequest } from "../../../run/probing/trace_request.ts";
import { type HostTraces, TraceRun } from "../../../run/probing/trace_run.ts";
import type { Context } from "../../command.ts";
import { Interruption } from "../../interruption.ts";
import { TIME_FIELDS, timeFields } from "../../probing/columns.ts";
import { Directory } from "../../probing/directory.ts";
import { ProbingDisplay } from "../../probing/display.ts";
import type { RecordOutput } from "../../probing/record_output.ts";
import { checkForms, probingRequest } from "../../probing/usage.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import { print } from "../../terminal/print.ts";
import { isColoured } from "../../terminal/style.ts";
import type { TraceInvocation } from "./options.ts";
import { type NamedTrace, sameWay, traceTable } from "./table.ts";

const QUERIES = 3;
const INTERVAL = 0.1;
const WATCH_INTERVAL = 1;

/** Runs `spider trace`. */
export async function run(invocation: TraceInvocation, streams: Context): Promise<number> {
  const { stdout } = streams;
  const { options } = invocation;
  checkForms(options, stdout.isTerminal());
  const request = requestOf(invocation);
  const paint = isColoured(stdout) ? COLOURED : PLAIN;
  const table = (found: HostTraces) =>
    named(found, request.protocol).flatMap((trace) => [...traceTable(trace, directory, paint), ""]);
  const everything = (all: readonly HostTraces[]) => all.flatMap(table);
  const display = new ProbingDisplay<HostTraces>(options, COLUMNS, streams, everything);
  const show = async (found: HostTraces) => {
    const { screen, records } = display;
    if (screen !== null) return;
    if (records !== null) return write(records, found, request, options.json, directory);
    table(found); // so that names are looked up
    await directory.lookedUp();
    await print(table(found).join("\n") + "\n", stdout);
  };
  using run = new TraceRun(request, {
    sink: show,
    listener: display.listener,
  });
  const directory = await Directory.open(options, streams);
  using interruption = new Interruption(() => run.leaveAtOnce());
  const { signal } = interruption;
  const outcome = await display.run(run, signal);
  if (display.screen !== null) await print(everything(display.all).join("\n") + "\n", stdout);
  return display.status(outcome, signal.aborted);
}

/** What the command line asks for. */
function requestOf({ options, positionals }: TraceInvocation): TraceRequest {
  const { paths, queries, watch, interval } = options;
  const protocol = (options.protocol ?? (paths > 1 ? "udp" : "icmp")) as ProbeProtocol;
  return {
    ...probingRequest(options, positionals, protocol),
    maxTtl: options["max-ttl"],
    queries: queries ?? (watch ? Infinity : QUERIES),
    intervalMs: (interval ?? (watch ? WATCH_INTERVAL : INTERVAL)) * 1000,
    paths,
    sourcePort: options["source-port"],
  };
}

/** What is shown of a target: each of the ways that its paths take once, by who tells the most. */
function named({ target, traces }: HostTraces, protocol: ProbeProtocol): NamedTrace[] {
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
  { target, traces }: HostTraces,
  request: TraceRequest,
  json: boolean,
  directory: Directory,
): void {
  const facts = atlasFacts(request, target, directory.asn);
  traces.forEach((trace, index) => {
    if (json) records.write(atlasTraceroute(trace, index + 1, facts));
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
