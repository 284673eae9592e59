import { defaultInterface, interfaceNamed } from "../../../host/interface.ts";
import { Reactor } from "../../../host/reactor.ts";
import { type Localisation, Localiser } from "../../../probe/localise.ts";
import { readFeature } from "../../../probe/localise/feature.ts";
import { localisationRecord } from "../../../probe/localise/report.ts";
import { fewer } from "../../../probe/rounds.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { COLOURED, PLAIN } from "../../terminal/paint.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import type { LocateInvocation } from "./options.ts";
import { locateTable } from "./table.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { print } from "../../terminal/print.ts";
import { isColoured } from "../../terminal/style.ts";
import { teller } from "../../terminal/tell.ts";
import { checkHosts, findTargets } from "../../probing/probing.ts";

/** Runs `spider locate`. */
export async function run(
  { options, positionals }: LocateInvocation,
  { stdout, stderr }: Context,
): Promise<number> {
  if (options.feature === undefined) {
    throw new UsageError("locate needs a --feature, such as --feature dscp:46");
  }
  if (options.ipv4 && options.ipv6) {
    throw new UsageError("-4 and -6 exclude each other; give one");
  }
  const feature = readFeature(options.feature);
  if (typeof feature === "string") throw new UsageError(`--feature ${options.feature} ${feature}`);
  checkHosts(positionals);
  const device = interfaceNamed(options.interface ?? defaultInterface());
  using interruption = new Interruption(() => {});
  const { signal } = interruption;
  const { targets, missing } = await findTargets(positionals, {
    ...options,
    outlet: device,
    signal,
    tell: teller(stderr),
  });

  using reactor = new Reactor();
  using localiser = new Localiser(reactor, {
    interface: device.name,
    bind: options.interface !== undefined,
  });
  const sweep = {
    maxTtl: options["max-ttl"],
    repeats: options.repeats,
    timeoutMs: options.timeout * 1000,
    intervalMs: options.interval * 1000,
    signal,
  };
  const writer = options.json ? ResultWriter.open(stdout) : null;
  const paint = isColoured(stdout) ? COLOURED : PLAIN;
  let problems = 0;
  /** One table after the other, however slowly they are read. */
  let printed = Promise.resolve();
  const show = async (name: string, found: Localisation) => {
    if (found.problem !== null) problems++;
    if (writer !== null) return writer.write({ dst_name: name, ...localisationRecord(found) });
    const text = [...locateTable(name, found, paint), ""].join("\n") + "\n";
    printed = printed.then(() => print(text, stdout));
    await printed;
  };

  const running = reactor.run();
  const pending = new Set<Promise<void>>();
  const all = (async () => {
    for (const { name, to } of targets) {
      await fewer(pending, options.workers - 1);
      if (signal.aborted) break;
      const remote = { address: to.text, port: options.port };
      const one = localiser.locate(remote, feature, sweep)
        .then((found) => show(name, found)).finally(() => pending.delete(one));
      pending.add(one);
    }
    await fewer(pending, 0);
  })();
  try {
    await Promise.race([all, running]);
  } finally {
    reactor.stop();
    await running;
    await writer?.close();
  }
  if (signal.aborted) return INTERRUPTED;
  return missing > 0 || problems > 0 ? 1 : 0;
}
