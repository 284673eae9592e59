import { IcmpView } from "./icmp.ts";
import { Ip4View } from "./ip4.ts";
import { Ip6View } from "./ip6.ts";
import { QuotationView } from "./quotation.ts";
import { TcpView } from "./tcp.ts";
import { OtherView } from "./transport.ts";
import { UdpView } from "./udp.ts";
import type { Memory } from "./view.ts";

/** One view of each kind, for the packet at hand. */
export class Views {
  readonly memory: Memory = { octets: new Uint8Array() };
  readonly ip4 = new Ip4View(this.memory);
  readonly ip6 = new Ip6View(this.memory);
  readonly tcp = new TcpView(this.memory, this.ip4);
  readonly udp = new UdpView(this.memory, this.ip4);
  readonly icmp = new IcmpView(this.memory, this.ip4, new QuotationView(this.memory));
  readonly other = new OtherView(this.memory, this.ip4);
}
