import type { IpHeader } from "../../contract/ip_header.ts";
import { IcmpView, type QuotationReader } from "./icmp.ts";
import { Ip4View } from "./ip4.ts";
import { Ip6View } from "./ip6.ts";
import { KIND, WHOLE } from "./descriptor.ts";
import type { Memory } from "./memory.ts";
import { TcpView } from "./tcp.ts";
import type { TransportView } from "./transport.ts";
import { UdpView } from "./udp.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";

/** The packet that an ICMP error quotes, with views of its own. */
export class QuotationView implements QuotationReader {
  readonly #memory: Memory;
  readonly #ip4: Ip4View;
  readonly #ip6: Ip6View;
  readonly #tcp: TcpView;
  readonly #udp: UdpView;
  readonly #icmp: IcmpView;
  #ip: Ip4View | Ip6View;
  /** Whether the fixed part of its transport header is whole and consistent. */
  #isWhole = false;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#ip4 = new Ip4View(memory);
    this.#ip6 = new Ip6View(memory);
    this.#ip = this.#ip4;
    this.#tcp = new TcpView(memory, this.#ip);
    this.#udp = new UdpView(memory, this.#ip);
    this.#icmp = new IcmpView(memory, this.#ip, null);
  }

  aim(at: number, end: number, time: number): boolean {
    const descriptor = this.#memory.inspect(at, end);
    if (descriptor === null) return false;
    const { words } = this.#memory;
    const kind = words[descriptor + KIND]!;
    this.#isWhole = (kind >> 16 & WHOLE) !== 0;
    this.#ip = (kind >> 8 & 0xff) === 4 ? this.#ip4 : this.#ip6;
    this.#ip.aim(words, descriptor, time);
    return true;
  }

  get ip(): IpHeader {
    return this.#ip;
  }

  get sourcePort(): number | null {
    return this.#hasPorts(4) ? this.#number(0, 2) : null;
  }

  get destinationPort(): number | null {
    return this.#hasPorts(4) ? this.#number(2, 2) : null;
  }

  get sequence(): number | null {
    return this.#is(IPPROTO_TCP) && this.#hasPorts(8) ? this.#number(4, 4) : null;
  }

  get tcp(): TcpView | null {
    return this.#is(IPPROTO_TCP) ? this.#whole(this.#tcp) : null;
  }

  get udp(): UdpView | null {
    return this.#is(IPPROTO_UDP) ? this.#whole(this.#udp) : null;
  }

  get icmp(): IcmpView | null {
    const protocol = this.#ip.version === 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    return this.#is(protocol) ? this.#whole(this.#icmp) : null;
  }

  /** A view of its transport; null when that is not whole. */
  #whole<AnyView extends TransportView>(view: AnyView): AnyView | null {
    if (!this.#isWhole) return null;
    view.aim(this.#ip, this.#at);
    return view;
  }

  get #at(): number {
    return this.#ip.transportStart;
  }

  #is(protocol: number): boolean {
    return this.#at !== 0 && this.#ip.protocol === protocol;
  }

  /** Whether there is a header with ports of which `octets` octets were captured. */
  #hasPorts(octets: number): boolean {
    return (this.#is(IPPROTO_TCP) || this.#is(IPPROTO_UDP)) &&
      this.#at + octets <= this.#ip.capturedEnd;
  }

  #number(offset: number, length: number): number {
    const from = this.#at + offset;
    return this.#memory.octets.subarray(from, from + length)
      .reduce((value, octet) => value * 256 + octet, 0);
  }
}
