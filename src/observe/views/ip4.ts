import type { HeaderOption, Ip4Header } from "../../contract/ip_header.ts";
import { TRANSPORT } from "./descriptor.ts";
import { IpView } from "./ip.ts";

const TRAFFIC_CLASS = 1;
const ID = 4;
const FRAGMENT = 6;
const TTL = 8;
const CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;
const HEADER = 20;

/** An IPv4 header in place (RFC 791, section 3.1). */
export class Ip4View extends IpView implements Ip4Header {
  readonly version = 4;

  get trafficClass(): number {
    return this.u8(TRAFFIC_CLASS);
  }

  get id(): number {
    return this.u16(ID);
  }

  get flags(): number {
    return this.u8(FRAGMENT) >> 5;
  }

  get evil(): boolean {
    return (this.flags & 4) !== 0;
  }

  get df(): boolean {
    return (this.flags & 2) !== 0;
  }

  get mf(): boolean {
    return (this.flags & 1) !== 0;
  }

  get moreFragments(): boolean {
    return this.mf;
  }

  get fragmentOffset(): number {
    return (this.u16(FRAGMENT) & 0x1fff) * 8;
  }

  get ttl(): number {
    return this.u8(TTL);
  }

  get hopLimit(): number {
    return this.ttl;
  }

  get checksum(): number {
    return this.u16(CHECKSUM);
  }

  get sourceOctets(): Uint8Array {
    return this.part(this.at + SOURCE, this.at + SOURCE + 4);
  }

  get destinationOctets(): Uint8Array {
    return this.part(this.at + DESTINATION, this.at + DESTINATION + 4);
  }

  protected get behind(): number {
    // Authentication headers may stand between (RFC 4302)
    return this.transport || this.#cutTransport() || this.#optionsEnd;
  }

  /** Start of a transport header that a first fragment cuts; 0 in a later one. */
  #cutTransport(): number {
    const descriptor = this.memory.inspect(this.at, this.end);
    return descriptor === null ? 0 : this.memory.words[descriptor + TRANSPORT]!;
  }

  get #optionsEnd(): number {
    return this.at + (this.u8(0) & 15) * 4;
  }

  options(): Iterable<HeaderOption> {
    return this.memory.options(this.at + HEADER, this.end, this.#optionsEnd);
  }
}
