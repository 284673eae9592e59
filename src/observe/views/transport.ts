import type { IpHeader } from "../../contract/ip_header.ts";
import type { TransportHeader } from "../../contract/transport_header.ts";
import type { Ip4View } from "./ip4.ts";
import type { Ip6View } from "./ip6.ts";
import type { Memory } from "./memory.ts";
import { View } from "./view.ts";

/** What the views of all transports have. */
export abstract class TransportView extends View {
  #ip: Ip4View | Ip6View;

  constructor(memory: Memory, ip: Ip4View | Ip6View) {
    super(memory);
    this.#ip = ip;
  }

  /** Aims at the transport of an IP packet, which begins at `at`; its fixed part was checked. */
  aim(ip: Ip4View | Ip6View, at: number): void {
    this.#ip = ip;
    this.at = at;
    this.end = ip.capturedEnd;
  }

  get ip(): IpHeader {
    return this.#ip;
  }

  get protocol(): number {
    return this.#ip.protocol;
  }

  /** Where the packet ended on the wire. */
  protected get wireEnd(): number {
    return this.#ip.wireEnd;
  }
}

/** Any transport that has no view of its own. */
export class OtherView extends TransportView implements TransportHeader {
  get payload(): Uint8Array {
    return this.part(this.at, this.end);
  }
}
