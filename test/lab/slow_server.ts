/**
 * Runs in the server's namespace of a lab: `slow_server.ts QUEUE FIRST LAST SPREAD` holds back what
 * iptables has sent to the queue for FIRST to LAST seconds: with `target` each packet for as long as its
 * target always takes, spread evenly over the targets, with `packet` as chance will have it. Writes a
 * line once it listens, and runs until it is ended.
 */
import { Reactor } from "../../src/host/reactor.ts";
import { PacketQueue } from "./packet_queue.ts";

const [queue = NaN, first = NaN, last = NaN] = Deno.args.map(Number);
const byTarget = Deno.args[3] === "target";

/** The fractional part of the golden ratio, of 65,536: numbers in a row come to lie far apart. */
const APART = 40_503;

/** Waiting packets by the millisecond in which they go on. */
const waiting = new Map<number, number[]>();
let done = Math.floor(performance.now());

/** How long a packet waits, in milliseconds. Its target is told by the end of its address. */
function delay(packet: Uint8Array): number {
  return 1000 * (first + (last - first) * (byTarget ? part(packet) : Math.random()));
}

/** From 0 to 1, the same for all packets of a target. */
function part(packet: Uint8Array): number {
  const end = packet[0]! >> 4 === 4 ? 20 : 40;
  const number = packet[end - 2]! << 8 | packet[end - 1]!;
  return (number * APART & 0xffff) / 0x1_0000;
}

const reactor = new Reactor();
using packets = new PacketQueue(reactor, queue, ({ id, octets }) => {
  const at = Math.ceil(performance.now() + delay(octets));
  const others = waiting.get(at);
  if (others === undefined) waiting.set(at, [id]);
  else others.push(id);
});
reactor.onTurn(() => {
  const now = Math.floor(performance.now());
  while (done < now) {
    const ids = waiting.get(++done);
    if (ids === undefined) continue;
    waiting.delete(done);
    packets.accept(ids);
  }
});
console.log("listening");
await reactor.run();
