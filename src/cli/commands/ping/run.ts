import { Journal } from "../../../host/journal.ts";
import { atlasPing } from "../../../probe/atlas.ts";
import { MtrPacket } from "../../../probe/mtr_packet.ts";
import { Ping } from "../../../probe/ping.ts";
import type { ProbeProtocol } from "../../../probe/probe_options.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import type { PingInvocation } from "./options.ts";
import { pingTable } from "./table.ts";
import { TIME_FIELDS, timeFields } from "../../probing/columns.ts";
import { checkProbing } from "../../probing/usage.ts";
import { canvasOn, Screen } from "../../terminal/screen.ts";
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
  RecordOutput,
  unroutable,
} from "../../probing/probing.ts";

const QUERIES = 4;

const COLUMNS = ["host", "address", "asn", "result", "responder", ...TIME_FIELDS] as const;

/** Runs `spider ping`. */
export async function run(
  { options, positionals }: PingInvocation,
  streams: Context,
): Promise<number> {
  const { stdout, stderr } = streams;
  const { json, csv, watch } = options;
  const protocol = options.protocol as ProbeProtocol;
  checkProbing(options, protocol, stdout.isTerminal());
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
  const mark = markOf(options, protocol, targets, journal);
  await using mtr = await MtrPacket.open();
  const stop = new AbortController();
  const intervalMs = options.interval * 1000;
  const pings = targets.map((target) => ({
    target,
    name: target.name,
    ping: new Ping(mtr, target.to, {
      queries: options.queries ?? (watch ? Infinity : QUERIES),
      intervalMs,
      probe: probeOf(options, protocol, target.to, mark),
      keep: json,
      refused: unroutable(options, target.to),
      signal: AbortSignal.any([interruption.signal, stop.signal]),
    }),
  }));

  const paint = isColoured(stdout) ? COLOURED : PLAIN;
  const table = () => pingTable(pings, directory, paint);
  const screen = watch ? new Screen(table, () => stop.abort(), canvasOn(stdout)) : null;
  const errors: unknown[] = [];
  try {
    await Promise.all(pings.map(({ ping }) =>
      ping.run().catch((error) => {
        errors.push(error);
      })
    ));
  } finally {
    screen?.stop();
  }
  if (json || csv) {
    const records = new RecordOutput(csv ? COLUMNS : null, stdout);
    for (const { target, ping } of pings) {
      const facts = atlasFacts(target, options, protocol, directory);
      records.write(
        json ? atlasPing(ping, facts, intervalMs) : {
          host: target.name,
          address: ping.to.text,
          asn: directory.asn?.(ping.to.text) ?? null,
          result: ping.last?.result ?? null,
          responder: ping.last?.responder ?? null,
          ...timeFields(ping.times),
        },
      );
    }
    await records.close();
  } else if (pings.length > 0) {
    table(); // so that names are looked up
    await directory.settled();
    await print(table().join("\n") + "\n", stdout);
  }
  if (errors.length > 0) throw errors[0];
  if (interruption.signal.aborted && !(watch && options.queries === undefined)) return INTERRUPTED;
  return missing > 0 || pings.some(({ ping }) => ping.refused !== null) ? 1 : 0;
}
