import type { HeaderOption } from "../../contract/ip_header.ts";
import type { TcpHeader } from "../../contract/transport_header.ts";
import { TransportView } from "./transport.ts";

const SEQUENCE = 4;
const ACKNOWLEDGMENT = 8;
/** Where data offset and flags are, 16 bits. */
const OFFSET = 12;
const FLAGS = 0x1ff;
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT = 18;
const HEADER = 20;

/** A TCP header in place (RFC 9293, section 3.1). */
export class TcpView extends TransportView implements TcpHeader {
  get sourcePort(): number {
    return this.u16(0);
  }

  get destinationPort(): number {
    return this.u16(2);
  }

  get sequence(): number {
    return this.u32(SEQUENCE);
  }

  get acknowledgment(): number {
    return this.u32(ACKNOWLEDGMENT);
  }

  get headerLength(): number {
    return (this.u8(OFFSET) >> 4) * 4;
  }

  get flags(): number {
    return this.u16(OFFSET) & FLAGS;
  }

  get fin(): boolean {
    return (this.flags & 0x01) !== 0;
  }

  get syn(): boolean {
    return (this.flags & 0x02) !== 0;
  }

  get rst(): boolean {
    return (this.flags & 0x04) !== 0;
  }

  get psh(): boolean {
    return (this.flags & 0x08) !== 0;
  }

  get ack(): boolean {
    return (this.flags & 0x10) !== 0;
  }

  get urg(): boolean {
    return (this.flags & 0x20) !== 0;
  }

  get ece(): boolean {
    return (this.flags & 0x40) !== 0;
  }

  get cwr(): boolean {
    return (this.flags & 0x80) !== 0;
  }

  get ae(): boolean {
    return (this.flags & 0x100) !== 0;
  }

  get window(): number {
    return this.u16(WINDOW);
  }

  get checksum(): number {
    return this.u16(CHECKSUM);
  }

  get urgent(): number {
    return this.u16(URGENT);
  }

  get payloadLength(): number {
    return this.wireEnd - this.at - this.headerLength;
  }

  get payload(): Uint8Array {
    return this.part(this.at + this.headerLength, this.end);
  }

  options(): Iterable<HeaderOption> {
    return this.memory.options(this.at + HEADER, this.end, this.at + this.headerLength);
  }

  option(kind: number): Uint8Array | null {
    return this.memory.option(this.at + HEADER, this.end, this.at + this.headerLength, kind);
  }
}
