import { atlasPing } from "../../../probe/atlas.ts";
import type { ProbeProtocol } from "../../../probe/probe_options.ts";
import { type HostPing, type PingRequest, PingRun } from "../../../run/probing/ping_run.ts";
import { atlasFacts } from "../../../run/probing/session.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { TIME_FIELDS, timeFields } from "../../probing/columns.ts";
import { Directory } from "../../probing/directory.ts";
import { RecordOutput } from "../../probing/record_output.ts";
import { checkForms, probingRequest } from "../../probing/usage.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import { print } from "../../terminal/print.ts";
import { canvasOn, Screen } from "../../terminal/screen.ts";
import { isColoured } from "../../terminal/style.ts";
import { teller } from "../../terminal/tell.ts";
import type { PingInvocation } from "./options.ts";
import { pingTable } from "./table.ts";

const QUERIES = 4;

const COLUMNS = ["host", "address", "asn", "result", "responder", ...TIME_FIELDS] as const;

/** Runs `spider ping`. */
export async function run(invocation: PingInvocation, streams: Context): Promise<number> {
  const { stdout, stderr } = streams;
  const { options } = invocation;
  const { json, csv, watch } = options;
  checkForms(options, stdout.isTerminal());
  const request = requestOf(invocation);
  const tell = teller(stderr);
  const paint = isColoured(stdout) ? COLOURED : PLAIN;
  let pings: readonly HostPing[] = [];
  let screen = null as Screen | null;
  let records = null as RecordOutput | null;
  const gone = new AbortController();
  using run = new PingRun(request, {
    sink: (found) => records?.write(recordOf(found, request, json, directory)),
    listener: {
      missing: (_, problem) => tell(`spider: ${problem}`),
      begun: (all) => {
        pings = all;
        if (watch) screen = new Screen(table, () => gone.abort(), canvasOn(stdout));
        if (json || csv) records = new RecordOutput(csv ? COLUMNS : null, stdout);
      },
    },
  });
  const directory = await Directory.open(options, streams);
  const table = () => pingTable(pings, directory, paint);
  using interruption = new Interruption(() => run.leaveAtOnce());
  const { signal } = interruption;
  const { missing, refused, failure } = await run.run(AbortSignal.any([signal, gone.signal]))
    .finally(async () => {
      screen?.stop();
      await records?.close();
    });
  if (records === null && pings.length > 0) {
    table(); // so that names are looked up
    await directory.settled();
    await print(table().join("\n") + "\n", stdout);
  }
  if (failure !== null) throw failure;
  if (signal.aborted && !(watch && options.queries === undefined)) return INTERRUPTED;
  return missing + refused > 0 ? 1 : 0;
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
