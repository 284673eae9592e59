import * as describe from "./describe.ts";
import { count, countQuoting, now } from "./flow/lifecycle.ts";
import { BAD, OK, Packet, packet, quoted, SHORT } from "./packet.ts";
import { stats } from "./stats.ts";
import * as icmp from "./wire/icmp.ts";
import { ipv4 } from "./wire/ipv4.ts";
import { ipv6 } from "./wire/ipv6.ts";
import { link, network, NOT_IP } from "./wire/link.ts";
import * as tcp from "./wire/tcp.ts";
import * as udp from "./wire/udp.ts";

// What pcap_dump(3) writes before each packet, in the host's byte order: seconds, fraction,
// captured octets, octets on the wire; 32 bits each.
const RECORD: usize = 16;

/**
 * Dissects the records between two places. `fraction` is what one unit of a record's fraction of a
 * second is worth: 1 or 1,000 nanoseconds. The octets that were read: fewer where a record is cut,
 * or where it pauses for answers to what was described.
 */
export function batch(from: usize, to: usize, linkType: i32, fraction: u32): usize {
  const describing = describe.isOn();
  let at = from;
  while (at + RECORD <= to) {
    const captured: usize = load<u32>(at, 8);
    if (captured > to - at - RECORD) break;
    packet.time = u64(load<u32>(at)) * 1_000_000_000 + u64(load<u32>(at, 4)) * fraction;
    if (describing && describe.mustPause(packet.time, now())) break;
    const start = at + RECORD;
    const wireLength = load<u32>(at, 12);
    one(start, start + captured, wireLength, linkType);
    if (describing && describe.wasHeld()) {
      stats.packets--;
      stats.octets -= wireLength;
      break;
    }
    at = start + captured;
  }
  return at - from;
}

function one(start: usize, end: usize, wireLength: u32, linkType: i32): void {
  stats.packets++;
  stats.octets += wireLength;
  const captured = u32(end - start);
  const cut = captured < wireLength;
  let status = link(linkType, start, end);
  if (status == NOT_IP) {
    stats.notIp++;
    return;
  }
  if (status != OK) {
    if (status == SHORT && cut) stats.truncated++;
    else stats.malformedLink++;
    return;
  }
  const onWire = max(captured, wireLength) - u32(network - start);
  status = load<u8>(network) >> 4 == 4
    ? ipv4(network, end, onWire, packet)
    : ipv6(network, end, onWire, packet);
  // A length that reaches beyond what was on the wire is a lie
  if (status == OK && packet.octets > onWire) status = BAD;
  if (status != OK) {
    if (status == SHORT && cut) stats.truncated++;
    else stats.malformedIp++;
    return;
  }
  if (packet.transport == 0) {
    stats.fragments++;
    return;
  }
  transport(packet, cut);
}

function transport(packet: Packet, cut: bool): void {
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.flags = 0;
  const protocol = packet.protocol;
  let status = OK;
  const isIcmp = protocol == (packet.version == 4 ? icmp.PROTOCOL : icmp.PROTOCOL_6);
  if (protocol == tcp.PROTOCOL) status = tcp.tcp(packet);
  else if (protocol == udp.PROTOCOL) status = udp.udp(packet);
  else if (isIcmp) status = icmp.icmp(packet);
  if (status != OK) {
    if (status == SHORT && cut) stats.truncated++;
    else stats.malformedTransport++;
    return;
  }
  if (isIcmp && icmp.quotes(packet) && icmp.quotation(packet, quoted) == OK) {
    if (countQuoting(packet, quoted)) return;
  }
  count(packet);
}
