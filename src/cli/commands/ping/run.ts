import { atlasPing } from "../../../probe/atlas.ts";
import type { ProbeProtocol } from "../../../probe/probe_options.ts";
import { type HostPing, type PingRequest, PingRun } from "../../../run/probing/ping_run.ts";
import { atlasFacts } from "../../../run/probing/session.ts";
import type { Context } from "../../command.ts";
import { Interruption } from "../../interruption.ts";
import { TIME_FIELDS, timeFields } from "../../probing/columns.ts";
import { Directory } from "../../probing/directory.ts";
import { ProbingDisplay } from "../../probing/display.ts";
import { checkForms, probingRequest } from "../../probing/usage.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import { print } from "../../terminal/print.ts";
import { isColoured } from "../../terminal/style.ts";
import type { PingInvocation } from "./options.ts";
import { pingTable } from "./table.ts";

const QUERIES = 4;

const COLUMNS = ["host", "address", "asn", "result", "responder", ...TIME_FIELDS] as const;

/** Runs `spider ping`. */
export async function run(invocation: PingInvocation, streams: Context): Promise<number> {
  const { stdout } = streams;
  const { options } = invocation;
  checkForms(options, stdout.isTerminal());
  const request = requestOf(invocation);
  const paint = isColoured(stdout) ? COLOURED : PLAIN;
  const table = (pings: readonly HostPing[]) => pingTable(pings, directory, paint);
  const display = new ProbingDisplay<HostPing>(options, COLUMNS, streams, table);
  using run = new PingRun(request, {
    sink: (found) => display.records?.write(recordOf(found, request, options.json, directory)),
    listener: display.listener,
  });
  const directory = await Directory.open(options, streams);
  using interruption = new Interruption(() => run.leaveAtOnce());
  const { signal } = interruption;
  const outcome = await display.run(run, signal);
  if (display.records === null && display.all.length > 0) {
    table(display.all); // so that names are looked up
    await directory.lookedUp();
    await print(table(display.all).join("\n") + "\n", stdout);
  }
  return display.status(outcome, signal.aborted);
}

/** What the command line asks for. */
function requestOf({ options, positionals }: PingInvocation): PingRequest {
  const { queries, watch, interval } = options;
  return {
    ...probingRequest(options, positionals, options.protocol as ProbeProtocol),
    queries: queries ?? (watch ? Infinity : QUERIES),
    intervalMs: interval * 1000,
  };
}

/** A ping as a line of JSON, or as the columns of CSV. */
function recordOf(
  { target, ping }: HostPing,
  request: PingRequest,
  json: boolean,
  { asn }: Directory,
): unknown {
  if (json) return atlasPing(ping, atlasFacts(request, target, asn), request.intervalMs);
  return {
    host: target.name,
    address: ping.to.text,
    asn: asn?.(ping.to.text) ?? null,
    result: ping.last?.result ?? null,
    responder: ping.last?.responder ?? null,
    ...timeFields(ping.times),
  };
}
