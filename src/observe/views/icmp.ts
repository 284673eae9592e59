import type { IcmpHeader, Quotation } from "../../contract/transport_header.ts";
import type { Ip4View } from "./ip4.ts";
import type { Ip6View } from "./ip6.ts";
import type { Memory } from "./memory.ts";
import { TransportView } from "./transport.ts";

const CODE = 1;
const CHECKSUM = 2;
const WORD = 4;
const HEADER = 8;

/** What an ICMP error quotes, in place. */
export interface QuotationReader extends Quotation {
  /** Aims at the packet between two places; false when its IP header is truncated or inconsistent. */
  aim(at: number, end: number, time: number): boolean;
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
    return this.memory.isErrorType(this.protocol, this.type);
  }

  get payload(): Uint8Array {
    return this.part(this.at + HEADER, this.end);
  }

  get quotation(): Quotation | null {
    const quotation = this.#quotation;
    if (quotation === null || !this.isError) return null;
    const { version, time } = this.ip;
    const isWhole = quotation.aim(this.at + HEADER, this.end, time);
    return isWhole && quotation.ip.version === version ? quotation : null;
  }
}
