import type { FlowRecord } from "../contract/flow.ts";
import { type Talker, Talkers } from "./talkers.ts";

/** Names of common protocols by number (IANA). */
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: "icmp",
  2: "igmp",
  4: "ipip",
  6: "tcp",
  17: "udp",
  41: "ipv6",
  47: "gre",
  50: "esp",
  51: "ah",
  58: "icmpv6",
  89: "ospf",
  103: "pim",
  132: "sctp",
  136: "udplite",
};

/** Counts of some flows. */
export interface Counts {
  flows: number;
  packets: number;
  /** Octets of the IP packets. */
  octets: number;
}

/** The summary of flows, as data; the keys are those of the JSON that leaves the program. */
export interface FlowSummary extends Counts {
  /** Time of the first and the last packet, seconds since 1970; null without flows. */
  readonly first_packet: number | null;
  readonly last_packet: number | null;
  /** The most octets first. */
  readonly protocols: readonly (Counts & { readonly proto: number; readonly name: string })[];
  /** The addresses with the most octets. */
  readonly talkers: readonly (Talker & { readonly address: string })[];
  /** How many octets an address may have had more than is counted for it; 0: the list is exact. */
  readonly talkers_error: number;
}

/** The fields that are counted, of the chain basic. */
type Counted = Pick<
  FlowRecord,
  | "sip"
  | "dip"
  | "proto"
  | "pkt_first"
  | "pkt_last"
  | "pkt_fwd"
  | "pkt_rev"
  | "oct_fwd"
  | "oct_rev"
>;

/** Sums up flow records as they come. Its memory is bounded, whatever comes. */
export class Summing {
  readonly #protocols = new Map<number, Counts>();
  readonly #talkers = new Talkers();
  #first = Infinity;
  #last = -Infinity;

  /** Counts one flow. */
  add(flow: Counted): void {
    const { sip, dip, proto, oct_fwd, oct_rev } = flow;
    const packets = flow.pkt_fwd + flow.pkt_rev;
    const octets = oct_fwd + oct_rev;
    let counts = this.#protocols.get(proto);
    if (counts === undefined) this.#protocols.set(proto, counts = empty());
    counts.flows++;
    counts.packets += packets;
    counts.octets += octets;
    if (sip === dip) {
      this.#talkers.add(sip, octets, octets, octets, packets);
    } else {
      this.#talkers.add(sip, oct_fwd, oct_rev, octets, packets);
      this.#talkers.add(dip, oct_rev, oct_fwd, octets, packets);
    }
    this.#first = Math.min(this.#first, flow.pkt_first);
    this.#last = Math.max(this.#last, flow.pkt_last);
  }

  /** What was counted so far, with a maximum number of talkers. */
  summary(talkers: number): FlowSummary {
    const protocols = [...this.#protocols]
      .map(([proto, counts]) => ({ proto, name: PROTOCOLS[proto] ?? `proto ${proto}`, ...counts }))
      .sort((a, b) => b.octets - a.octets || a.proto - b.proto);
    const total = empty();
    for (const { flows, packets, octets } of protocols) {
      total.flows += flows;
      total.packets += packets;
      total.octets += octets;
    }
    return {
      ...total,
      first_packet: total.flows > 0 ? this.#first : null,
      last_packet: total.flows > 0 ? this.#last : null,
      protocols,
      talkers: this.#talkers.top(talkers).map(([address, talker]) => ({ address, ...talker })),
      talkers_error: this.#talkers.error,
    };
  }
}

function empty(): Counts {
  return { flows: 0, packets: 0, octets: 0 };
}
