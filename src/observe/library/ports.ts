import type { IpHeader } from "../../contract/ip_header.ts";
import {
  IPPROTO_DCCP,
  IPPROTO_SCTP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_UDPLITE,
} from "../../host/ip_protocol.ts";

/** Transports that begin with source and destination port. */
const WITH_PORTS: ReadonlySet<number> = new Set([
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_DCCP,
  IPPROTO_SCTP,
  IPPROTO_UDPLITE,
]);

/**
 * Source and destination port of a packet, from its IP header alone, as in `newFlow`; null for a
 * transport without ports, a later fragment, or where they were cut.
 */
export function extractPorts(ip: IpHeader): [source: number, destination: number] | null {
  if (!WITH_PORTS.has(ip.protocol) || ip.fragmentOffset !== 0) return null;
  const { payload } = ip;
  if (payload.length < 4) return null;
  return [payload[0]! << 8 | payload[1]!, payload[2]! << 8 | payload[3]!];
}
