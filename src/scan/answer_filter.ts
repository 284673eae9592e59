import type { PortRange } from "../host/port_range.ts";

/** What may be an answer to a probe, for the kernel to hand over. */
export interface AnswerFilterOptions {
  /** Addresses that probes are sent from. */
  readonly sources: Readonly<Record<4 | 6, readonly string[]>>;
  /** Ports that they are sent from. */
  readonly ports: PortRange;
}

/**
 * A filter (pcap-filter(7)) of what comes to our addresses and is a transport's packet to our ports, or an
 * ICMP message that may answer something. Requests and neighbour discovery answer nothing (RFC 792,
 * RFC 4443, RFC 4861).
 */
export function answerFilter({ sources, ports: { first, last } }: AnswerFilterOptions): string {
  const transport = `((tcp or udp) and dst portrange ${first}-${last})`;
  const families = [
    ofFamily(sources[4], `${transport} or (icmp and icmp[0] != 8)`),
    ofFamily(sources[6], `${transport} or (icmp6 and (ip6[40] <= 4 or ip6[40] = 129))`),
  ];
  return families.filter((family) => family !== null).join(" or ");
}

function ofFamily(addresses: readonly string[], what: string): string | null {
  if (addresses.length === 0) return null;
  const ours = addresses.map((address) => `dst host ${address}`).join(" or ");
  return `((${ours}) and (${what}))`;
}
