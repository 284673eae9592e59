import type { IpHeader } from "../../contract/ip_header.ts";
import { IcmpView, type QuotationReader } from "./icmp.ts";
import { Ip4View } from "./ip4.ts";
import { Ip6View } from "./ip6.ts";
import { TcpView } from "./tcp.ts";
import { UdpView } from "./udp.ts";
import type { Memory } from "./view.ts";
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

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#ip4 = new Ip4View(memory);
    this.#ip6 = new Ip6View(memory);
    this.#ip = this.#ip4;
    this.#tcp = new TcpView(memory, this.#ip);
    this.#udp = new UdpView(memory, this.#ip);
    this.#icmp = new IcmpView(memory, this.#ip, null);
  }

  aim(version: 4 | 6, at: number, end: number, time: number): boolean {
    this.#ip = version === 4 ? this.#ip4 : this.#ip6;
    return this.#ip.aimAtQuoted(at, end, time);
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
    return this.#is(IPPROTO_TCP) && this.#tcp.aimAtQuoted(this.#ip, this.#at) ? this.#tcp : null;
  }

  get udp(): UdpView | null {
    return this.#is(IPPROTO_UDP) && this.#udp.aimAtQuoted(this.#ip, this.#at) ? this.#udp : null;
  }

  get icmp(): IcmpView | null {
    const protocol = this.#ip.version === 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    return this.#is(protocol) && this.#icmp.aimAtQuoted(this.#ip, this.#at) ? this.#icmp : null;
  }

  get #at(): number {
    return this.#ip.transportStart;
  }

  #is(protocol: number): boolean {
    return this.#at !== 0 && this.#ip.protocol === protocol;
  }

  /** Whether there is a header with ports of which so many octets were captured. */
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
