import { Forger } from "../../src/connect/transport/forger.ts";
import { synPacket } from "../../src/connect/transport/syn.ts";
import { interfaceNamed } from "../../src/host/interface.ts";
import { IPPROTO_TCP } from "../../src/host/ip_protocol.ts";
import { Reactor } from "../../src/host/reactor.ts";
import type { FlowRecord, PacketSpec } from "../../src/mod.ts";
import { Watcher } from "../../src/observe/watcher.ts";

/** Milliseconds that an answer is waited for. */
const PATIENCE = 1000;

/** The parts of the program that forge SYNs and match their answers, without the rest of it. */
export class Probing implements Disposable {
  readonly #reactor = new Reactor();
  readonly #forger: Forger;
  readonly #watcher: Watcher;
  readonly #running: Promise<void>;

  constructor(interfaceName: string, chains: readonly string[]) {
    this.#forger = new Forger(this.#reactor, { interface: interfaceName });
    this.#watcher = new Watcher(this.#reactor, [interfaceNamed(interfaceName)], chains);
    this.#running = this.#reactor.run();
  }

  /** Sends a SYN to port 80 of an address, and waits for its answer; null when nothing was seen. */
  async probe(
    address: string,
    change: (packet: PacketSpec) => PacketSpec = (packet) => packet,
  ): Promise<FlowRecord | null> {
    const remote = { address, port: 80 };
    const local = this.#forger.local(remote, IPPROTO_TCP);
    if (typeof local === "number") throw new Error(`no way to ${address}: error ${local}`);
    const watch = this.#watcher.expect(local, remote, IPPROTO_TCP, { one: true });
    if (watch === null) throw new Error(`${local.port} is in use to ${address}`);
    const errno = await this.#forger.send(change(synPacket(local, remote, {})));
    if (errno !== 0) throw new Error(`the probe to ${address} was not sent: error ${errno}`);
    await this.#watcher.ended(watch, PATIENCE);
    const flow = this.#watcher.peek(watch);
    this.#watcher.forget(watch);
    return typeof flow === "string" ? null : flow;
  }

  async end(): Promise<void> {
    this.#reactor.stop();
    await this.#running;
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
    this.#forger.close();
    this.#reactor.close();
  }
}

/** Calls for each value, some of the calls under way at once. */
export async function together<T>(
  values: readonly T[],
  window: number,
  call: (value: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < values.length) await call(values[next++]!);
  };
  await Promise.all(Array.from({ length: window }, work));
}
