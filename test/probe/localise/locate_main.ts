/**
 * Localises inside a lab's client, for tests: standard input is a JSON list of
 * `{ address, feature, port }`, standard output a JSON list of records in the same order. Words on
 * the command line are the interface, repeats, timeout and interval in milliseconds.
 */
import { Reactor } from "../../../src/host/reactor.ts";
import { Localiser } from "../../../src/probe/localise.ts";
import { readFeature } from "../../../src/probe/localise/feature.ts";
import { localisationRecord, localisedConditions } from "../../../src/probe/localise/report.ts";

const [device = "", repeats = "5", timeoutMs = "400", intervalMs = "20"] = Deno.args;
const asked: { address: string; feature: string; port?: number }[] = JSON.parse(
  await new Response(Deno.stdin.readable).text(),
);
using reactor = new Reactor();
using localiser = new Localiser(reactor, { interface: device, bind: true });
const running = reactor.run();
const found = await Promise.all(asked.map(async ({ address, feature: text, port = 80 }) => {
  const feature = readFeature(text);
  if (typeof feature === "string") throw new Error(`${text} ${feature}`);
  const localisation = await localiser.locate({ address, port }, feature, {
    maxTtl: 16,
    repeats: Number(repeats),
    timeoutMs: Number(timeoutMs),
    intervalMs: Number(intervalMs),
    signal: new AbortController().signal,
  });
  return {
    ...localisationRecord(localisation),
    conditions: localisedConditions(localisation, "x"),
  };
}));
reactor.stop();
await running;
console.log(JSON.stringify(found));
