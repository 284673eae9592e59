import type { UdpHeader } from "../../contract/transport_header.ts";
import { TransportView } from "./transport.ts";

const LENGTH = 4;
const CHECKSUM = 6;
const HEADER = 8;

/** A UDP header in place (RFC 768). */
export class UdpView extends TransportView implements UdpHeader {
  get sourcePort(): number {
    return this.u16(0);
  }

  get destinationPort(): number {
    return this.u16(2);
  }

  get length(): number {
    return this.u16(LENGTH);
  }

  get checksum(): number {
    return this.u16(CHECKSUM);
  }

  get payload(): Uint8Array {
    // What lies behind the datagram's own length is not its payload
    const last = this.length === 0 ? this.end : this.at + this.length;
    return this.part(this.at + HEADER, last);
  }
}
