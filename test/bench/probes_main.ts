/**
 * Sends SYN probes and matches the answers, without the rest of a measurement: `probes_main.ts
 * INTERFACE WINDOW FILE`, WINDOW in flight at once, to port 80 of each address in the file. Writes
 * as JSON how many probes were answered and in how many seconds.
 */
import { Forger } from "../../src/connect/transport/forger.ts";
import { synPacket } from "../../src/connect/transport/syn.ts";
import { interfaceNamed } from "../../src/host/interface.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { Watcher } from "../../src/observe/watcher.ts";
import { IPPROTO_TCP } from "../../src/host/ip_protocol.ts";

const [name = "", window = "", path = ""] = Deno.args;
const targets = Deno.readTextFileSync(path).trimEnd().split("\n");
using reactor = new Reactor();
using forger = new Forger(reactor, { interface: name });
using watcher = new Watcher(reactor, [interfaceNamed(name)], ["tcp", "tcpx"]);
const running = reactor.run();

async function probe(address: string): Promise<boolean> {
  const remote = { address, port: 80 };
  const local = forger.local(remote, IPPROTO_TCP);
  if (typeof local === "number") throw new Error(`no way to ${address}: error ${local}`);
  const watch = watcher.expect(local, remote, IPPROTO_TCP, { one: true });
  if (watch === null) throw new Error(`${local.port} is in use to ${address}`);
  const errno = await forger.send(synPacket(local, remote, {}));
  if (errno !== 0) throw new Error(`the probe to ${address} was not sent: error ${errno}`);
  await watcher.ended(watch, 1000);
  const flow = watcher.peek(watch);
  watcher.forget(watch);
  return typeof flow !== "string" && flow.tcpx_syn_acked;
}

let next = 0;
let answered = 0;
async function work(): Promise<void> {
  while (next < targets.length) if (await probe(targets[next++]!)) answered++;
}

const begin = performance.now();
await Promise.all(Array.from({ length: Number(window) }, work));
const seconds = (performance.now() - begin) / 1000;
reactor.stop();
await running;
console.log(JSON.stringify({ answered, seconds }));
