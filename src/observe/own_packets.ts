import { anyOf } from "../host/capture.ts";
import type { PortRange } from "../host/port_range.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../host/ip_protocol.ts";

/** What distinguishes the packets of a run from foreign ones. */
export interface OwnPackets {
  /** The local ports of its connections and forged packets. */
  readonly ports: readonly PortRange[];
  /** Whether it may forge packets of other protocols than TCP and UDP. */
  readonly others: boolean;
}

/** Where a filter is to work. */
export interface CapturePoint {
  /** Whether one of the interfaces is the loopback, on which what leaves is shown as it arrives. */
  readonly loopback: boolean;
  /** Whether packets come without the header of their link. */
  readonly cooked: boolean;
}

/** Extension headers that may precede the transport (RFC 8200, section 4). */
const EXTENSIONS = [0, 43, 44, 51, 60, 135, 139, 140];
/** Tags that may stand before the IP header: IEEE 802.1Q and 802.1ad. */
const TAGS = ["0x8100", "0x88a8", "0x9100"];
/** ICMP errors quote the packet that they answer (RFC 792; RFC 4443, section 2.1). */
const ERRORS = [3, 4, 5, 11, 12];
const ERRORS_6 = [1, 2, 3, 4];

/**
 * A filter of pcap-filter(7) that keeps all that may belong to a run, for the kernel to leave out
 * what does not. It must not drop packets of the run: where it cannot tell what a packet belongs
 * to, behind a VLAN tag or an extension header and in a later fragment, it keeps the packet.
 */
export function ownPackets(
  { ports, others }: OwnPackets,
  { loopback, cooked }: CapturePoint,
): string {
  const ranges = (side: string) =>
    anyOf(ports.map(({ first, last }) => `${side}portrange ${first}-${last}`));
  const ported = loopback
    ? ranges("")
    : `(outbound and (${ranges("src ")})) or (inbound and (${ranges("dst ")}))`;
  return anyOf([
    ported,
    "ip[6:2] & 0x1fff != 0",
    anyOf(EXTENSIONS.map((header) => `ip6[6] = ${header}`)),
    ...(others ? ["ip and not tcp and not udp", "ip6 and not tcp and not udp"] : [
      anyOf(ERRORS.map((type) => `icmp[0] = ${type}`)),
      anyOf(ERRORS_6.map((type) => `icmp6[0] = ${type}`)),
    ]),
    cooked ? "not ip and not ip6" : anyOf(TAGS.map((tag) => `ether proto ${tag}`)),
  ]);
}

/** Whether the packets of a connection with a local port are kept. */
export function keeps({ ports, others }: OwnPackets, protocol: number, port: number): boolean {
  if (protocol !== IPPROTO_TCP && protocol !== IPPROTO_UDP) return others;
  return ports.some(({ first, last }) => port >= first && port <= last);
}
