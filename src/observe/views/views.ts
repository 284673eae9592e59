import type { WasmExports } from "../../host/wasm.ts";
import { IcmpView } from "./icmp.ts";
import { Ip4View } from "./ip4.ts";
import { Ip6View } from "./ip6.ts";
import { Memory } from "./memory.ts";
import { QuotationView } from "./quotation.ts";
import { TcpView } from "./tcp.ts";
import { OtherView } from "./transport.ts";
import { UdpView } from "./udp.ts";

/** One view of each kind, for the packet at hand in the memory of a dissector. */
export class Views {
  readonly memory: Memory;
  readonly ip4: Ip4View;
  readonly ip6: Ip6View;
  readonly tcp: TcpView;
  readonly udp: UdpView;
  readonly icmp: IcmpView;
  readonly other: OtherView;

  constructor(wasm: WasmExports) {
    const memory = this.memory = new Memory(wasm);
    this.ip4 = new Ip4View(memory);
    this.ip6 = new Ip6View(memory);
    this.tcp = new TcpView(memory, this.ip4);
    this.udp = new UdpView(memory, this.ip4);
    this.icmp = new IcmpView(memory, this.ip4, new QuotationView(memory));
    this.other = new OtherView(memory, this.ip4);
  }
}
