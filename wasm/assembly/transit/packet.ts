// A packet on its way through a middlebox: where it lies, and what its headers say.
import { allocate } from "../memory.ts";
import { OK, Packet, WHOLE } from "../packet.ts";
import { ipv4 } from "../wire/ipv4.ts";
import { HEADER as IPV6_HEADER, ipv6 } from "../wire/ipv6.ts";
import { hasPorts } from "../wire/ports.ts";
import { payload as tcpPayload, PROTOCOL as TCP } from "../wire/tcp.ts";
import { transport as readTransport } from "../wire/transport.ts";
import { payload as udpPayload, PROTOCOL as UDP } from "../wire/udp.ts";

/** Octets of the longest packet that an IP header can say, IPv6's own header included. */
const LONGEST: usize = 40 + 0xffff;

/** The packet at hand. */
export const transit = changetype<Packet>(memory.data(48, 16));

let buffer: usize = 0;

/** Where a packet is put for `transitRead`, from its IP header on; 0 when memory is used up. */
export function transitAt(): usize {
  if (buffer == 0) buffer = allocate(LONGEST + 1);
  return buffer;
}

/** What was found, a word each; see `TransitField` in src/transit/packet.ts. */
const found = memory.data(48, 4);

export function transitFieldsAt(): usize {
  return found;
}

/**
 * Reads the headers of a packet of some octets. False when its IP header is damaged. A transport header
 * that is damaged, or not there as in a later fragment, counts as none.
 */
export function transitRead(octets: usize): bool {
  const at = buffer;
  if (octets == 0) return false;
  const version = load<u8>(at) >> 4;
  if (version == 4) {
    if (ipv4(at, at + octets, u32(octets), transit) != OK) return false;
  } else if (version == 6) {
    if (octets < IPV6_HEADER || ipv6(at, at + octets, u32(octets), transit) != OK) return false;
  } else return false;
  // What a link has padded is no part of it, and what is cut short is no packet
  if (transit.octets > u32(octets)) return false;
  if (transit.transport != 0 && readTransport(transit) != OK) transit.transport = 0;
  note();
  return true;
}

/** Writes down what may be asked about the packet, after it was read or changed. */
export function note(): void {
  const at = transit.transport;
  const isTcp = at != 0 && transit.protocol == TCP;
  const payload = isTcp
    ? tcpPayload(transit)
    : at != 0 && transit.protocol == UDP
    ? udpPayload(transit)
    : 0;
  store<u32>(found, transit.version);
  store<u32>(found, transit.protocol, 4);
  store<u32>(found, at == 0 ? 0 : u32(at - buffer), 8);
  store<u32>(found, payload == 0 ? 0 : u32(payload - buffer), 12);
  store<u32>(found, transit.octets, 16);
  store<u32>(found, transit.fragment != WHOLE ? 1 : 0, 20);
  store<u32>(found, isTcp ? transit.flags : 0, 24);
  store<u32>(found, transit.trafficClass, 28);
  const ported = hasPorts(transit.protocol);
  store<u32>(found, ported ? transit.sourcePort : 0, 32);
  store<u32>(found, ported ? transit.destinationPort : 0, 36);
  store<u32>(found, u32(transit.source - buffer), 40);
  store<u32>(found, u32(transit.destination - buffer), 44);
}
