import type { ExtensionHeader, Ip6Header } from "../../contract/ip_header.ts";
import { Extensions } from "./extensions.ts";
import { IpView } from "./ip.ts";

const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;
const HEADER = 40;
const NO_NEXT_HEADER = 59;

/** An IPv6 header in place, with its extension headers (RFC 8200, sections 3 and 4). */
export class Ip6View extends IpView implements Ip6Header {
  readonly version = 6;

  /** Aims at the header that an ICMPv6 error quotes; false when it is not whole. */
  aimAtQuoted(at: number, end: number, time: number): boolean {
    const { octets } = this.memory;
    if (at + HEADER > end || octets[at]! >> 4 !== 6) return false;
    this.at = at;
    const length = this.u16(PAYLOAD_LENGTH);
    const unknown = length === 0 && this.nextHeader !== NO_NEXT_HEADER;
    const total = unknown ? end - at : HEADER + length;
    const last = Math.min(end, at + total);
    const headers = new Extensions(octets, at, last);
    while (headers.next());
    const transport = headers.whole && !headers.later ? headers.at : 0;
    this.aim(at, last, transport, headers.protocol, total, time);
    return true;
  }

  get trafficClass(): number {
    return this.u16(0) >> 4 & 0xff;
  }

  get flowLabel(): number {
    return (this.u8(1) & 15) << 16 | this.u16(2);
  }

  get nextHeader(): number {
    return this.u8(NEXT_HEADER);
  }

  get hopLimit(): number {
    return this.u8(HOP_LIMIT);
  }

  get id(): number | null {
    const header = this.#fragment();
    if (header === null) return null;
    const view = new DataView(header.buffer, header.byteOffset);
    return view.getUint32(4);
  }

  get fragmentOffset(): number {
    const header = this.#fragment();
    return header === null ? 0 : (header[2]! << 8 | header[3]!) & 0xfff8;
  }

  get moreFragments(): boolean {
    const header = this.#fragment();
    return header !== null && (header[3]! & 1) !== 0;
  }

  get sourceOctets(): Uint8Array {
    return this.part(this.at + SOURCE, this.at + SOURCE + 16);
  }

  get destinationOctets(): Uint8Array {
    return this.part(this.at + DESTINATION, this.at + DESTINATION + 16);
  }

  protected get behind(): number {
    if (this.transport !== 0) return this.transport;
    const headers = this.#extensions();
    while (headers.next());
    return headers.at;
  }

  *extensions(): Generator<ExtensionHeader> {
    const headers = this.#extensions();
    while (headers.next()) {
      yield {
        protocol: headers.protocol,
        octets: this.part(headers.at, headers.at + headers.length),
      };
    }
  }

  #extensions(): Extensions {
    return new Extensions(this.memory.octets, this.at, this.end);
  }

  /** The last fragment header; null without one. */
  #fragment(): Uint8Array | null {
    let found: Uint8Array | null = null;
    if (this.transport === this.at + HEADER) return found;
    const headers = this.#extensions();
    while (headers.next()) {
      if (headers.isFragment) found = this.part(headers.at, headers.at + 8);
    }
    return found;
  }
}
