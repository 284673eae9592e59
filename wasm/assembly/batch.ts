import * as describe from "./describe.ts";
import { indexed } from "./flow/index.ts";
import { keyOf } from "./flow/key.ts";
import { count, countLater, countQuoting } from "./flow/lifecycle.ts";
import { now } from "./flow/timers.ts";
import { BAD, LATER, OK, packet, quoted, SHORT } from "./packet.ts";
import { stats } from "./stats.ts";
import { fetch, setAside, takeUp, WINDOW } from "./window.ts";
import * as icmp from "./wire/icmp.ts";
import { ipv4 } from "./wire/ipv4.ts";
import { ipv6 } from "./wire/ipv6.ts";
import { link, network, NOT_IP } from "./wire/link.ts";
import * as tcp from "./wire/tcp.ts";
import { isIcmp, transport } from "./wire/transport.ts";
import * as udp from "./wire/udp.ts";

// What pcap_dump(3) writes before each packet, in the host's byte order: seconds, fraction,
// captured octets, octets on the wire; 32 bits each.
const RECORD: usize = 16;
/** With fewer flows than this the processor's caches hold them, and to fetch them ahead costs more than it saves. */
const CROWD: usize = 8_192;

/** Times of the earliest and the latest packet, nanoseconds since 1970; without one the former is the greatest there is. */
export let earliest: u64 = u64.MAX_VALUE;
export let latest: u64 = 0;

/**
 * Dissects the records between two places. `fraction` is what one unit of a record's fraction of a
 * second is worth: 1 or 1,000 nanoseconds. The octets that were read: fewer where a record is cut,
 * or where it pauses for answers to what was described.
 */
export function batch(from: usize, to: usize, linkType: i32, fraction: u32): usize {
  const describing = describe.isOn();
  // None is set aside where an answer to one packet may change what becomes of the next
  const crowded = !describing && indexed() >= CROWD;
  let aside: usize = 0;
  let time = packet.time;
  let first = earliest;
  let last = latest;
  let at = from;
  while (at + RECORD <= to) {
    const captured: usize = load<u32>(at, 8);
    if (captured > to - at - RECORD) break;
    time = u64(load<u32>(at)) * 1_000_000_000 + u64(load<u32>(at, 4)) * fraction;
    if (describing && describe.mustPause(time, now())) break;
    packet.time = time;
    first = min(first, time);
    last = max(last, time);
    const wireLength = load<u32>(at, 12);
    const start = at + RECORD;
    const isRead = read(start, start + captured, wireLength, linkType);
    if (isRead && crowded) {
      setAside(aside++);
      if (aside == WINDOW) {
        deliverAside(aside);
        aside = 0;
      }
    } else if (isRead) {
      deliver();
      if (describing && describe.wasHeld()) {
        stats.packets--;
        stats.octets -= wireLength;
        break;
      }
    }
    at = start + captured;
  }
  deliverAside(aside);
  // Those that were set aside are not the last ones
  packet.time = time;
  earliest = first;
  latest = last;
  return at - from;
}

function deliverAside(count: usize): void {
  fetch(count);
  for (let i: usize = 0; i < count; i++) {
    takeUp(i);
    deliver();
  }
}

/** Reads a frame to the ports; false when it is nothing to count in a flow, and was counted as that. */
function read(start: usize, end: usize, wireLength: u32, linkType: i32): bool {
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
    ? ipv4(network, end, onWire, packet)
    : ipv6(network, end, onWire, packet);
  // A length that reaches beyond what was on the wire is a lie
  if (status == OK && packet.octets > onWire) status = BAD;
  if (status != OK) {
    if (status == SHORT && cut) stats.truncated++;
    else stats.malformedIp++;
    return false;
  }
  if (!readTransport(cut)) return false;
  keyOf(packet);
  return true;
}

/** Reads the transport header, if the packet has one; false when it is cut or wrong. */
function readTransport(cut: bool): bool {
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.flags = 0;
  if (packet.fragment == LATER) return true;
  const status = transport(packet);
  if (status == OK) return true;
  const protocol = packet.protocol;
  if (status == SHORT && cut) stats.truncated++;
  else if (protocol == tcp.PROTOCOL) stats.malformedTcp++;
  else if (protocol == udp.PROTOCOL) stats.malformedUdp++;
  else if (isIcmp(packet)) stats.malformedIcmp++;
  else stats.malformedTransport++;
  return false;
}

/** Counts the packet at hand, whose key is, to the flow that it belongs to. */
function deliver(): void {
  if (packet.fragment == LATER) {
    countLater(packet);
    return;
  }
  if (isIcmp(packet) && icmp.quotes(packet) && icmp.quotation(packet, quoted) == OK) {
    if (countQuoting(packet, quoted)) return;
    keyOf(packet);
  }
  count(packet);
}
