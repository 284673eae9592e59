import type { Chain } from "../../contract/chain.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";
import type { WasmExports } from "../../host/wasm.ts";
import * as descriptor from "../views/descriptor.ts";
import { Views } from "../views/views.ts";
import { ChainHook } from "./hooks.ts";
import { Records } from "./records.ts";

/** What hooks say of a packet's flow. */
export const VERDICT = { goesOn: 0, ignore: 1, complete: 2 } as const;

/** Packets that a dissector has described. */
export interface DescribedPackets {
  /** The words of the memory in which the descriptors lie. */
  readonly words: Uint32Array;
  /** The same memory by numbers of eight octets, as times are. */
  readonly times: Float64Array;
  /** Place of the first descriptor among the words. One of flow 0 is passed over. */
  readonly list: number;
  readonly count: number;
}

/** Calls the hooks of chains for packets, in order, and keeps the records of their flows. */
export class HookWalk {
  readonly #records: Records;
  readonly #views: Views;
  readonly #newFlow: ChainHook;
  readonly #ip4: ChainHook;
  readonly #ip6: ChainHook;
  readonly #icmp4: ChainHook;
  readonly #icmp6: ChainHook;
  readonly #tcp: ChainHook;
  readonly #udp: ChainHook;
  readonly #l4: ChainHook;

  /** @param wasm the module in whose memory the packets lie */
  constructor(wasm: WasmExports, chains: readonly Chain[]) {
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

  /**
   * Shows the packets to the hooks.
   *
   * @param judge called for a packet by its place in the list, when its flow is to be ignored or is
   *   complete
   */
  walk(packets: DescribedPackets, judge: (at: number, verdict: number) => void): void {
    const { words, times, list, count } = packets;
    this.#views.memory.look();
    for (let i = 0; i < count; i++) {
      const at = list + i * descriptor.WORDS;
      const flow = words[at + descriptor.FLOW]!;
      if (flow === 0) continue;
      const kind = words[at + descriptor.KIND]!;
      const record = kind >> 16 & descriptor.FIRST
        ? this.#records.begin(flow)
        : this.#records.get(flow);
      if (record === undefined) continue;
      const verdict = this.#packet(words, at, times[at / 2]! / 1e6, record);
      if (verdict === VERDICT.goesOn) continue;
      if (verdict === VERDICT.ignore) this.#records.end(flow);
      judge(i, verdict);
    }
  }

  /** The fields of a flow, as a JSON object. */
  fields(flow: number): string {
    return this.#records.fields(flow);
  }

  /** Ends a flow, or the interest in it. */
  end(flow: number): void {
    this.#records.end(flow);
  }

  #packet(words: Uint32Array, at: number, time: number, record: object): number {
    const kind = words[at + descriptor.KIND]!;
    const protocol = kind & 0xff;
    const marks = kind >> 16;
    const rev = (marks & descriptor.REVERSE) !== 0;
    const isFour = (kind >> 8 & 0xff) === 4;
    const ip = isFour ? this.#views.ip4 : this.#views.ip6;
    const transport = words[at + descriptor.TRANSPORT]!;
    ip.aim(words, at, time);
    if (marks & descriptor.FIRST && !this.#newFlow.run(record, ip, rev)) return VERDICT.ignore;
    let goesOn = (isFour ? this.#ip4 : this.#ip6).run(record, ip, rev);
    if (transport !== 0) {
      this.#views.icmp.quotesFlow = (marks & descriptor.QUOTING) !== 0;
      const [hook, view] = this.#ofProtocol(protocol, isFour);
      view.aim(ip, transport);
      goesOn = hook.run(record, view, rev) && goesOn;
    }
    return goesOn ? VERDICT.goesOn : VERDICT.complete;
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
