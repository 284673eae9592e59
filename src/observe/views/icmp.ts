import type { IcmpHeader, Quotation } from "../../contract/transport_header.ts";
import type { Ip4View } from "./ip4.ts";
import type { Ip6View } from "./ip6.ts";
import { TransportView } from "./transport.ts";
import type { Memory } from "./view.ts";

const CODE = 1;
const CHECKSUM = 2;
const WORD = 4;
const HEADER = 8;

/** Error messages of RFC 792: unreachable, source quench, redirect, time exceeded, parameter problem. */
const ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);

/** What an ICMP error quotes, in place. */
export interface QuotationReader extends Quotation {
  /** Aims at a packet of the error's own IP version; false when its IP header is not whole. */
  aim(version: 4 | 6, at: number, end: number, time: number): boolean;
}

/** An ICMP or ICMPv6 header in place (RFC 792, RFC 4443). */
export class IcmpView extends TransportView implements IcmpHeader {
  readonly #quotation: QuotationReader | null;
  quotesFlow = false;

  /** @param quotation for what errors quote; null for a message that is itself quoted */
  constructor(memory: Memory, ip: Ip4View | Ip6View, quotation: QuotationReader | null) {
    super(memory, ip);
    this.#quotation = quotation;
  }

  /** Aims at a header that an ICMP error quotes; false when it is not whole. */
  aimAtQuoted(ip: Ip4View | Ip6View, at: number): boolean {
    this.aim(ip, at);
    return at + HEADER <= this.end;
  }

  get type(): number {
    return this.u8(0);
  }

  get code(): number {
    return this.u8(CODE);
  }

  get checksum(): number {
    return this.u16(CHECKSUM);
  }

  get word(): number {
    return this.u32(WORD);
  }

  get isError(): boolean {
    const { type } = this;
    return this.ip.version === 6 ? type >= 1 && type <= 4 : ERRORS.has(type);
  }

  get payload(): Uint8Array {
    return this.part(this.at + HEADER, this.end);
  }

  get quotation(): Quotation | null {
    const quotation = this.#quotation;
    if (quotation === null || !this.isError) return null;
    const { version, time } = this.ip;
    return quotation.aim(version, this.at + HEADER, this.end, time) ? quotation : null;
  }
}
