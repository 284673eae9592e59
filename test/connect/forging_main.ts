/**
 * Forges packets, for tests, in the namespace that it is run in: `forging_main.ts INTERFACE COUNT
 * SPEC...`, each specification as JSON with the octets of its payload as a number, and perhaps a
 * firewall mark. Writes the outcome of each of COUNT times all packets, as error numbers, as JSON.
 */
import { Forger } from "../../src/connect/transport/forger.ts";
import { Reactor } from "../../src/host/reactor.ts";

const [name = "", count = "", ...specs] = Deno.args;
using reactor = new Reactor();
const running = reactor.run();
using forger = new Forger(reactor, { interface: name });
const packets = specs.map((spec) => JSON.parse(spec)).map((spec) => ({
  ...spec,
  payload: new Uint8Array(spec.payload ?? 0),
}));
const sent = Array.from({ length: Number(count) }, () => packets).flat()
  .map((packet) => forger.send(packet, packet.mark));
console.log(JSON.stringify(await Promise.all(sent)));
reactor.stop();
await running;
