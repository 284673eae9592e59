/**
 * Runs in the server's namespace of a lab: `slow_server.ts QUEUE FIRST LAST SPREAD` holds back what
 * iptables has sent to the queue for FIRST to LAST seconds: with `target` each packet for as long
 * as its target always takes, spread evenly over the targets, with `packet` at random. What is sent
 * again meanwhile is thrown away in the first case: a server that is slow has it already. Writes a
 * line once it listens, and runs until it is ended.
 */
import { Reactor } from "../../src/host/reactor.ts";
import { PacketQueue } from "../../src/host/packet_queue.ts";

const [queue = NaN, first = NaN, last = NaN] = Deno.args.map(Number);
const byTarget = Deno.args[3] === "target";

/** The fractional part of the golden ratio, of 65,536: numbers in a row come to lie far apart. */
const APART = 40_503;

/** Octets of each packet that are looked at: the IP header. */
const IP_HEADER = 64;

/** A packet that waits, and what it belongs to. */
interface Waiting {
  readonly id: number;
  readonly flow: number;
}

/** Waiting packets by the millisecond in which they go on. */
const waiting = new Map<number, Waiting[]>();
/** Flows with a waiting packet, where targets are always equally slow. */
const flows = new Set<number>();
let done = Math.floor(performance.now());

/** How long a packet waits, in milliseconds. */
function delay(packet: Uint8Array): number {
  return 1000 * (first + (last - first) * (byTarget ? part(packet) : Math.random()));
}

/** From 0 to 1, the same for all packets of a target. */
function part(packet: Uint8Array): number {
  return (targetOf(packet) * APART & 0xffff) / 0x1_0000;
}

/** The end of the target's address. */
function targetOf(packet: Uint8Array): number {
  const end = lengthOf(packet);
  return packet[end - 2]! << 8 | packet[end - 1]!;
}

/** A number for what has the same IP version, protocol, target and source port. */
function flowOf(packet: Uint8Array): number {
  const end = lengthOf(packet);
  const port = packet[end]! << 8 | packet[end + 1]!;
  const kind = 2 * packet[end === 20 ? 9 : 6]! + (end === 20 ? 0 : 1);
  return (kind * 0x1_0000 + targetOf(packet)) * 0x1_0000 + port;
}

/** Octets of the IP header, which has no options here. */
function lengthOf(packet: Uint8Array): number {
  return packet[0]! >> 4 === 4 ? 20 : 40;
}

const reactor = new Reactor();
using packets = new PacketQueue(reactor, queue, IP_HEADER, ({ id, octets }) => {
  const flow = flowOf(octets);
  if (byTarget && flows.has(flow)) return packets.drop([id]);
  flows.add(flow);
  const at = Math.ceil(performance.now() + delay(octets));
  const others = waiting.get(at);
  if (others === undefined) waiting.set(at, [{ id, flow }]);
  else others.push({ id, flow });
});
reactor.onTurn(() => {
  const now = Math.floor(performance.now());
  while (done < now) {
    const due = waiting.get(++done);
    if (due === undefined) continue;
    waiting.delete(done);
    for (const { flow } of due) flows.delete(flow);
    packets.accept(due.map(({ id }) => id));
  }
});
console.log("listening");
await reactor.run();
