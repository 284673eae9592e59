import type { Chain } from "../../contract/chain.ts";
import { Failure } from "../../host/failure.ts";
import { Views } from "../views/views.ts";
import type { WasmExports } from "../../host/wasm.ts";
import * as descriptor from "../views/descriptor.ts";
import { ChainHook } from "./hooks.ts";
import { Records } from "./records.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";

/** Packets that are described at once: few enough to stay in the processor's cache. */
const DESCRIPTORS = 4096;

/** Runs chains in JavaScript over the packets that the dissector describes, and answers it. */
export class ChainRunner {
  readonly #wasm: WasmExports;
  readonly #records: Records;
  readonly #views: Views;
  /** Place of the descriptors among the words of memory. */
  readonly #list: number;
  readonly #newFlow: ChainHook;
  readonly #ip4: ChainHook;
  readonly #ip6: ChainHook;
  readonly #icmp4: ChainHook;
  readonly #icmp6: ChainHook;
  readonly #tcp: ChainHook;
  readonly #udp: ChainHook;
  readonly #l4: ChainHook;
  #times = new Float64Array();

  /** Throws a {@linkcode Failure} when memory does not suffice. */
  constructor(wasm: WasmExports, chains: readonly Chain[]) {
    this.#wasm = wasm;
    const list = wasm.describePackets(DESCRIPTORS) >>> 0;
    if (list === 0) throw new Failure("out of memory: packets could not be described");
    this.#list = list / 4;
    this.#views = new Views(wasm);
    this.#records = new Records(chains);
    this.#newFlow = new ChainHook("newFlow", chains);
    this.#ip4 = new ChainHook("ip4", chains);
    this.#ip6 = new ChainHook("ip6", chains);
    this.#icmp4 = new ChainHook("icmp4", chains);
    this.#icmp6 = new ChainHook("icmp6", chains);
    this.#tcp = new ChainHook("tcp", chains);
    this.#udp = new ChainHook("udp", chains);
    this.#l4 = new ChainHook("l4", chains);
  }

  /** Dissects the first octets of the input, and shows the chains every packet of a flow. */
  dissect(octets: number, linkType: number, fraction: number): void {
    for (let at = 0; at < octets;) {
      const next = this.#wasm.dissect(octets, linkType, fraction, at);
      this.#walk(this.#wasm.described());
      if (next === at) return; // the last record is cut
      at = next;
    }
  }

  /** The records that the last `drain` wrote, with the fields of the chains. Ends their flows. */
  complete(lines: Uint8Array): Uint8Array<ArrayBuffer> {
    this.#look();
    const text = new TextDecoder("latin1").decode(lines);
    const { words } = this.#views.memory;
    let whole = "";
    for (let i = 0, from = 0; i < this.#wasm.drained(); i++) {
      const flow = words[this.#list + i * 2]!;
      const to = words[this.#list + i * 2 + 1]!;
      whole += this.#records.complete(flow, text.slice(from, to - 2));
      this.#records.end(flow);
      from = to;
    }
    return new TextEncoder().encode(whole);
  }

  /** An expected flow's record with the fields of the chains. */
  completeRecord(flow: number, line: string): string {
    return this.#records.complete(flow, line.slice(0, -2));
  }

  /** The program has released a flow. */
  forget(flow: number): void {
    this.#records.end(flow);
  }

  /** Looks at linear memory again when it has moved. */
  #look(): void {
    const { memory } = this.#views;
    memory.look();
    const { buffer } = memory.octets;
    if (this.#times.buffer !== buffer) this.#times = new Float64Array(buffer);
  }

  #walk(packets: number): void {
    this.#look();
    const { words } = this.#views.memory;
    for (let i = 0; i < packets; i++) {
      const at = this.#list + i * descriptor.WORDS;
      const flow = words[at + descriptor.FLOW]!;
      const kind = words[at + descriptor.KIND]!;
      const record = kind >> 16 & descriptor.FIRST
        ? this.#records.begin(flow)
        : this.#records.get(flow);
      if (record !== undefined) this.#packet(words, at, flow, kind, record);
    }
  }

  #packet(words: Uint32Array, at: number, flow: number, kind: number, record: object): void {
    const time = this.#times[at / 2]!;
    const protocol = kind & 0xff;
    const marks = kind >> 16;
    const rev = (marks & descriptor.REVERSE) !== 0;
    const isFour = (kind >> 8 & 0xff) === 4;
    const ip = isFour ? this.#views.ip4 : this.#views.ip6;
    const transport = words[at + descriptor.TRANSPORT]!;
    ip.aim(words, at, time / 1e6);
    if (marks & descriptor.FIRST && !this.#newFlow.run(record, ip, rev)) {
      this.#records.end(flow);
      this.#wasm.ignore(flow);
      return;
    }
    let goesOn = (isFour ? this.#ip4 : this.#ip6).run(record, ip, rev);
    if (transport !== 0) {
      this.#views.icmp.quotesFlow = (marks & descriptor.QUOTING) !== 0;
      const [hook, view] = this.#ofProtocol(protocol, isFour);
      view.aim(ip, transport);
      goesOn = hook.run(record, view, rev) && goesOn;
    }
    if (!goesOn) this.#wasm.complete(flow, time);
  }

  #ofProtocol(protocol: number, isFour: boolean) {
    const views = this.#views;
    if (protocol === IPPROTO_TCP) return [this.#tcp, views.tcp] as const;
    if (protocol === IPPROTO_UDP) return [this.#udp, views.udp] as const;
    if (protocol === IPPROTO_ICMP && isFour) return [this.#icmp4, views.icmp] as const;
    if (protocol === IPPROTO_ICMPV6 && !isFour) return [this.#icmp6, views.icmp] as const;
    return [this.#l4, views.other] as const;
  }
}
