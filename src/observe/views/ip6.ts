import type { ExtensionHeader, Ip6Header } from "../../contract/ip_header.ts";
import { IpView } from "./ip.ts";

const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;
const HEADER = 40;
const FRAGMENT = 44;

/** An IPv6 header in place, with its extension headers (RFC 8200, sections 3 and 4). */
export class Ip6View extends IpView implements Ip6Header {
  readonly version = 6;

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
    const last = this.extensions().at(-1)?.octets;
    return last === undefined ? this.at + HEADER : last.byteOffset + last.length;
  }

  extensions(): ExtensionHeader[] {
    return this.memory.extensions(this.at, this.end);
  }

  /** The last fragment header; null without one. */
  #fragment(): Uint8Array | null {
    if (this.transport === this.at + HEADER) return null;
    const headers = this.extensions().filter(({ protocol }) => protocol === FRAGMENT);
    return headers.at(-1)?.octets ?? null;
  }
}
