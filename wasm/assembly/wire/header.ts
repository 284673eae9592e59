import { BAD, FIRST, OK, Packet, PORTS_ALONE, SHORT } from "../packet.ts";
import { u16be } from "./bytes.ts";

/** Octets of the two ports, with which every transport begins that has some. */
const PORTS: usize = 4;

/** Checks that the first `octets` of a transport header with ports are there; what it says else where they are not. */
export function begins(into: Packet, octets: usize): i32 {
  const end = into.transport + octets;
  if (end > into.ip + into.octets) return portsAlone(into);
  return end > into.end ? SHORT : OK;
}

/** Sets the ports of a header that was checked. */
export function setPorts(into: Packet): void {
  into.sourcePort = u16be(into.transport);
  into.destinationPort = u16be(into.transport + 2);
}

/**
 * What a header is that has no room in its packet: a contradiction, but in a first fragment, which may
 * hold a part of it (RFC 791, section 3.2: as few as eight octets; a sender may want firewalls to see no
 * more, RFC 1858). Its ports name the flow, of it and of the fragments behind; what else is there is
 * left unread, as if it were not, since flags without options could be taken for all there was.
 */
export function portsAlone(into: Packet): i32 {
  const end = into.transport + PORTS;
  if (into.fragment != FIRST || end > into.ip + into.octets) return BAD;
  if (end > into.end) return SHORT;
  setPorts(into);
  into.transport = 0;
  return PORTS_ALONE;
}
