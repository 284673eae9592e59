import { guess } from "./flow/index.ts";
import { keyIn, keyOf } from "./flow/key.ts";
import { count, countLater, countQuoting } from "./flow/lifecycle.ts";
import { ahead, BAD, LATER, OK, Packet, quoted, SHORT, WINDOW } from "./packet.ts";
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
 * second is worth: 1 or 1,000 nanoseconds. The octets that were read: fewer where a record is cut.
 *
 * It goes in windows of some packets: all of them are read, then their flows are fetched, then they
 * are counted. Where there are many flows each one is a wait for far memory, and only waits that
 * stand side by side, with nothing between them, go on at the same time.
 */
export function batch(from: usize, to: usize, linkType: i32, fraction: u32): usize {
  let at = from;
  let more = true;
  while (more) {
    let found: usize = 0;
    while (found < WINDOW) {
      more = at + RECORD <= to && usize(load<u32>(at, 8)) <= to - at - RECORD;
      if (!more) break;
      const start = at + RECORD;
      const packet = ahead(found);
      packet.time = u64(load<u32>(at)) * 1_000_000_000 + u64(load<u32>(at, 4)) * fraction;
      at = start + load<u32>(at, 8);
      if (read(start, at, load<u32>(start - 4), linkType, packet)) found++;
    }
    fetch(found);
    for (let i: usize = 0; i < found; i++) deliver(ahead(i));
  }
  return at - from;
}

/** Where the flows of a window lie. */
const places: usize = memory.data(128, 8);
/** Kept so that reading ahead is not left out as having no effect. */
export let fetched: u64 = 0;

/** Reads what counting the first packets of the window will read: their places in the index, then their flows. */
function fetch(found: usize): void {
  for (let i: usize = 0; i < found; i++) store<u32>(places + (i << 2), guess(keyIn(ahead(i)).hash));
  let sum: u64 = 0;
  for (let i: usize = 0; i < found; i++) {
    const flow: usize = load<u32>(places + (i << 2));
    sum += load<u64>(flow) + load<u64>(flow, 64);
  }
  fetched = sum;
}

/** Reads a frame to the ports; false when it is nothing to count in a flow, and was counted as that. */
function read(start: usize, end: usize, wireLength: u32, linkType: i32, into: Packet): bool {
  stats.packets++;
  stats.octets += wireLength;
  const captured = u32(end - start);
  const cut = captured < wireLength;
  let status = link(linkType, start, end);
  if (status == NOT_IP) {
    stats.notIp++;
    return false;
  }
  if (status != OK) {
    if (status == SHORT && cut) stats.truncated++;
    else stats.malformedLink++;
    return false;
  }
  const onWire = max(captured, wireLength) - u32(network - start);
  status = load<u8>(network) >> 4 == 4
    ? ipv4(network, end, onWire, into)
    : ipv6(network, end, onWire, into);
  // A length that reaches beyond what was on the wire is a lie
  if (status == OK && into.octets > onWire) status = BAD;
  if (status != OK) {
    if (status == SHORT && cut) stats.truncated++;
    else stats.malformedIp++;
    return false;
  }
  if (!transport(into, cut)) return false;
  keyOf(into);
  return true;
}

/** Reads the transport header, if the packet has one; false when it is cut or wrong. */
function transport(packet: Packet, cut: bool): bool {
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.flags = 0;
  if (packet.fragment == LATER) return true;
  const protocol = packet.protocol;
  let status = OK;
  if (protocol == tcp.PROTOCOL) status = tcp.tcp(packet);
  else if (protocol == udp.PROTOCOL) status = udp.udp(packet);
  else if (isIcmp(packet)) status = icmp.icmp(packet);
  if (status == OK) return true;
  if (status == SHORT && cut) stats.truncated++;
  else if (protocol == tcp.PROTOCOL) stats.malformedTcp++;
  else if (protocol == udp.PROTOCOL) stats.malformedUdp++;
  else stats.malformedIcmp++;
  return false;
}

function isIcmp(packet: Packet): bool {
  return packet.protocol == (packet.version == 4 ? icmp.PROTOCOL : icmp.PROTOCOL_6);
}

/** Counts a packet that was read to the flow that it belongs to. */
function deliver(packet: Packet): void {
  if (packet.fragment == LATER) {
    countLater(packet);
    return;
  }
  if (isIcmp(packet) && icmp.quotes(packet) && icmp.quotation(packet, quoted) == OK) {
    if (countQuoting(packet, quoted)) return;
  }
  count(packet);
}
