import { UsageError } from "../../../host/usage_error.ts";
import { sentences } from "../../../probe/localise/sentences.ts";
import { localisationRecord } from "../../../probe/localise/report.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import {
  type HostLocalisation,
  type LocateRequest,
  LocateRun,
} from "../../../run/probing/locate_run.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { hostsStatus, missingTeller } from "../../probing/hosts.ts";
import { versionOf } from "../../probing/usage.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import { print } from "../../terminal/print.ts";
import { isColoured } from "../../terminal/style.ts";
import type { LocateInvocation } from "./options.ts";
import { locateTable } from "./table.ts";

/** Runs `spider locate`. */
export async function run(
  invocation: LocateInvocation,
  streams: Context,
): Promise<number> {
  const { stdout } = streams;
  const writer = invocation.options.json ? ResultWriter.open(stdout) : null;
  const paint = isColoured(stdout) ? COLOURED : PLAIN;
  /** One table after the other, however slowly they are read. */
  let printed = Promise.resolve();
  const show = async ({ target: { name }, found }: HostLocalisation) => {
    if (writer !== null) {
      return writer.write({
        dst_name: name,
        ...localisationRecord(found),
        summary: sentences(found),
      });
    }
    const text = [...locateTable(name, found, paint), ""].join("\n") + "\n";
    printed = printed.then(() => print(text, stdout));
    await printed;
  };
  const run = new LocateRun(requestOf(invocation), {
    sink: show,
    listener: { missing: missingTeller(streams) },
  });
  using interruption = new Interruption(() => {});
  const { signal } = interruption;
  const outcome = await run.run(signal).finally(() => writer?.close());
  const status = hostsStatus(outcome);
  return signal.aborted ? INTERRUPTED : status;
}

/**
 * What the command line asks for.
 *
 * @throws {UsageError} when something is missing, or options exclude each other
 */
function requestOf({ options, positionals }: LocateInvocation): LocateRequest {
  const { feature, port, repeats, interval, timeout, workers } = options;
  if (feature === undefined) {
    throw new UsageError("locate needs a --feature, such as --feature dscp:46");
  }
  return {
    hosts: positionals,
    ipVersion: versionOf(options),
    feature,
    interface: options.interface,
    port,
    maxTtl: options["max-ttl"],
    repeats,
    timeoutMs: timeout * 1000,
    intervalMs: interval * 1000,
    workers,
  };
}
