import type { PortRange } from "../host/port_range.ts";

/** What may be an answer to a probe, for the kernel to hand over. */
export interface AnswerFilterOptions {
  /** Addresses that probes are sent from. */
  readonly sources: Readonly<Record<4 | 6, readonly string[]>>;
  /** Ports that they are sent from. */
  readonly ports: PortRange;
}

/** SYN or RST, with ACK, in the flags of a segment: no other answers a SYN. */
const FLAGS = (at: string) => `${at} & 0x10 != 0 and ${at} & 0x06 != 0`;
/** ICMP errors (RFC 792), and their types over IPv6 (RFC 4443). */
const ERRORS = "icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 5 or icmp[0] = 11 or icmp[0] = 12";
const ERRORS_6 = "ip6[40] >= 1 and ip6[40] <= 4";
/** Headers between those of IPv6 and of the transport, behind which filters see nothing (RFC 8200, section 4). */
const EXTENSIONS = [0, 43, 44, 51, 60].map((next) => `ip6[6] = ${next}`).join(" or ");

/**
 * A filter (pcap-filter(7)) of what comes in for our addresses and is a segment or datagram to our ports,
 * an echo reply to one as identifier, or an ICMP error. What stands behind extension headers of IPv6 comes
 * too. Packets that leave are none, so that an interface on which all come back gives each once.
 */
export function answerFilter({ sources, ports }: AnswerFilterOptions): string {
  const { first, last } = ports;
  const to = `dst portrange ${first}-${last}`;
  const identifies = (at: string) => `${at} >= ${first} and ${at} <= ${last}`;
  const families = [
    ofFamily(sources[4], [
      `tcp and ${to} and ${FLAGS("tcp[13]")}`,
      `udp and ${to}`,
      `icmp[0] = 0 and ${identifies("icmp[4:2]")}`,
      ERRORS,
    ]),
    ofFamily(sources[6], [
      `ip6 and tcp and ${to} and ${FLAGS("ip6[53]")}`,
      `ip6 and udp and ${to}`,
      `icmp6 and ip6[40] = 129 and ${identifies("ip6[44:2]")}`,
      `icmp6 and ${ERRORS_6}`,
      EXTENSIONS,
    ]),
  ];
  return `inbound and (${families.filter((family) => family !== null).join(" or ")})`;
}

function ofFamily(addresses: readonly string[], kinds: readonly string[]): string | null {
  if (addresses.length === 0) return null;
  const ours = addresses.map((address) => `dst host ${address}`).join(" or ");
  return `((${ours}) and (${kinds.map((kind) => `(${kind})`).join(" or ")}))`;
}
