import type { Chain } from "../../contract/chain.ts";
import type { IcmpHeader, TcpHeader } from "../../contract/transport_header.ts";
import { Capture } from "../../host/capture.ts";
import { wallClock } from "../../host/clock.ts";
import { Deadlines } from "../../host/deadlines.ts";
import { Failure } from "../../host/failure.ts";
import { type Reactor, READY } from "../../host/reactor.ts";
import { FlowTable } from "../../observe/flow_table.ts";

/** Callbacks for packets. A view is valid during the call. */
export interface PacketHandlers {
  icmp(icmp: IcmpHeader): void;
  /** A SYN, SYN-ACK or RST, of this host or to it. */
  tcp(tcp: TcpHeader): void;
}

/** ICMP, and TCP segments with SYN or RST; libpcap's `tcp[]` knows IPv4 alone. */
const FILTER =
  "icmp or icmp6 or (ip and tcp[tcpflags] & (tcp-syn|tcp-rst) != 0) or (ip6 proto 6 and ip6[53] & 6 != 0)";
/** More than the longest quotation of a packet of ours, with extensions behind it. */
const SNAPLEN = 768;
const KERNEL_BUFFER = 16 << 20;
const BATCH = 4096;
const INPUT = BATCH * (SNAPLEN + 16) + 1;
const BATCHES_A_TURN = 4;
/** Flows of others come and go: they are not kept. */
const FLOWS = { maxFlows: 65_536, idle: 5, linger: 1 } as const;
/** Packet time follows the clock at this distance, in milliseconds. */
const BEHIND = 1000;

/** Listens on one interface for packets about probes. */
export class Listener implements Disposable {
  readonly #capture: Capture;
  readonly #device: string;
  readonly #reactor: Reactor;
  readonly #table: FlowTable;
  readonly #deadlines = new Deadlines();
  #closed = false;
  /** Packets that the kernel had no room for, up to now. */
  dropped = 0;

  /** Throws a {@linkcode Failure} when the interface cannot be captured on. */
  constructor(reactor: Reactor, device: string, handlers: PacketHandlers) {
    this.#reactor = reactor;
    this.#device = device;
    this.#capture = Capture.live(device, {
      snaplen: SNAPLEN,
      bufferSize: KERNEL_BUFFER,
      timeoutMs: 0,
    });
    try {
      this.#capture.filter(FILTER);
      this.#table = new FlowTable({ chains: [chainOf(handlers)], ...FLOWS, input: INPUT });
      this.#table.checkLink(this.#capture.linkType);
      reactor.add(this.#capture.fd, READY.read, () => {});
    } catch (error) {
      this.#capture.close();
      throw error;
    }
    reactor.onTurn(() => this.#turn());
  }

  /**
   * Calls back after a number of milliseconds, once all packets up to then were read; returns a
   * function that cancels it.
   */
  after(milliseconds: number, passed: () => void): () => void {
    const deadline = this.#deadlines.set(milliseconds, performance.now(), passed);
    this.#reactor.soon(milliseconds);
    return () => this.#deadlines.cancel(deadline);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reactor.remove(this.#capture.fd);
    this.#capture.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #turn(): void {
    if (this.#closed) return;
    let drained = false;
    for (let i = 0; i < BATCHES_A_TURN && !drained; i++) drained = this.#pump();
    this.dropped = this.#capture.counts().dropped;
    // Unread packets are no evidence of silence
    if (!drained) {
      this.#reactor.soon(0);
      return;
    }
    this.#deadlines.expire(performance.now());
    this.#reactor.soon(this.#deadlines.untilNext(performance.now()));
    this.#table.advance(wallClock() - BEHIND);
    while (this.#table.drain().length > 0);
  }

  /** Reads a batch; true when no packets wait any more. */
  #pump(): boolean {
    const octets = this.#capture.read(this.#table.input(BATCH), BATCH);
    if (this.#capture.fault !== null) {
      throw new Failure(
        `the capture on ${this.#device} broke off: ${this.#capture.fault}; see that the interface stays up, and run again`,
      );
    }
    if (octets === 0) return true;
    this.#table.dissect(octets, this.#capture.linkType, this.#capture.fraction);
    return false;
  }
}

function chainOf(handlers: PacketHandlers): Chain {
  const icmp = (_: object, header: IcmpHeader) => handlers.icmp(header);
  return {
    name: "localisation",
    fields: {},
    icmp4: icmp,
    icmp6: icmp,
    tcp: (_, header) => handlers.tcp(header),
  };
}
