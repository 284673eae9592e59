import { Interface, interfaceAt } from "./capture/interfaces.ts";
import { listed, listedAt } from "./capture/list.ts";
import * as describe from "./describe.ts";
import { indexed } from "./flow/index.ts";
import { keyOf } from "./flow/key.ts";
import { count, countLater, countQuoting } from "./flow/lifecycle.ts";
import { reclaim } from "./flow/reclaim.ts";
import { mayEndParts, now } from "./flow/timers.ts";
import { innermost, uncount } from "./inner.ts";
import { LATER, LONGEST, OK, packet, PORTS_ALONE, quoted, SHORT } from "./packet.ts";
import { stats } from "./stats.ts";
import { fetch, setAside, takeUp, WINDOW } from "./window.ts";
import { isFollowing, keepLayers } from "./wire/encap/layers.ts";
import { network, NOT_IP, setWireEnd, TOO_DEEP } from "./wire/encap/step.ts";
import * as icmp from "./wire/icmp.ts";
import { ip } from "./wire/ip.ts";
import { link } from "./wire/link/links.ts";
import * as tcp from "./wire/tcp.ts";
import { isIcmp, transport } from "./wire/transport.ts";
import * as udp from "./wire/udp.ts";

/** With fewer flows than this the processor's caches hold them, and to fetch them ahead costs more than it saves. */
const CROWD: usize = 8_192;

/** Times of the earliest and the latest packet, nanoseconds since 1970; without one the former is the greatest there is. */
export let earliest: u64 = u64.MAX_VALUE;
export let latest: u64 = 0;

/**
 * Dissects listed packets, from a place of the list on. The place where it stopped: before the end
 * where it pauses for answers to what was described.
 */
export function batch(from: i32): i32 {
  reclaim();
  const describing = describe.isOn();
  // None is set aside where an answer to one packet may change what becomes of the next
  const crowded = !describing && indexed() >= CROWD;
  let aside: usize = 0;
  let time = packet.time;
  let first = earliest;
  let last = latest;
  let source: u32 = 0;
  let seenOn = changetype<Interface>(0);
  let counted = from;
  let i = from;
  for (; i < listed; i++) {
    const at = listedAt(i);
    time = at.time;
    if (describing && describe.mustPause(time, now(), mayEndParts(time))) break;
    packet.time = time;
    first = min(first, time);
    last = max(last, time);
    if (at.source != source || changetype<usize>(seenOn) == 0) {
      if (changetype<usize>(seenOn) != 0) seenOn.packets += i - counted;
      counted = i;
      source = at.source;
      seenOn = interfaceAt(source);
    }
    const isRead = read(at.start, at.start + at.captured, at.wireLength, seenOn);
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
        stats.octets -= at.wireLength;
        uncount();
        break;
      }
    }
  }
  if (changetype<usize>(seenOn) != 0) seenOn.packets += i - counted;
  deliverAside(aside);
  // Those that were set aside are not the last ones
  packet.time = time;
  earliest = first;
  latest = last;
  return i;
}

function deliverAside(count: usize): void {
  fetch(count);
  for (let i: usize = 0; i < count; i++) {
    takeUp(i);
    deliver();
  }
}

/** Reads a frame to the ports; false when it is nothing to count in a flow, and was counted as that. */
function read(start: usize, end: usize, wireLength: u32, seenOn: Interface): bool {
  stats.packets++;
  stats.octets += wireLength;
  if (!seenOn.isRead) {
    stats.unreadLink++;
    return false;
  }
  const captured = u32(end - start);
  // A tool that cuts packets may say that there was no more of them: such a one is as long as none may be
  // in its file. A shorter one that says so was sent as it is.
  const cutUnsaid = captured >= wireLength && captured == seenOn.snaplen;
  const cut = captured < wireLength || cutUnsaid;
  const long = max(captured, wireLength);
  keepLayers(0);
  setWireEnd(start + min(long, captured + LONGEST));
  let status = link(seenOn.linkType, start, end);
  if (status != OK) {
    countUnread(status, cut);
    return false;
  }
  const onWire = long - u32(network - start);
  // A length that reaches beyond what was on the wire is a lie, where it is known how much that was
  status = ip(network, end, onWire, cutUnsaid ? u32.MAX_VALUE : onWire, packet);
  if (status != OK) {
    if (status == SHORT && cut) stats.truncated++;
    else stats.malformedIp++;
    return false;
  }
  status = transport(packet);
  if (status != OK && status != PORTS_ALONE) {
    countMalformed(status, cut);
    return false;
  }
  if (isFollowing() && !innermost()) {
    stats.notStored++;
    return false;
  }
  keyOf(packet);
  return true;
}

/** Counts a frame in which no IP packet was found. */
function countUnread(status: i32, cut: bool): void {
  if (status == NOT_IP) stats.notIp++;
  else if (status == TOO_DEEP) stats.encapTooDeep++;
  else if (status == SHORT && cut) stats.truncated++;
  else stats.malformedLink++;
}

/** Counts a packet whose transport header is cut or wrong. */
function countMalformed(status: i32, cut: bool): void {
  const protocol = packet.protocol;
  if (status == SHORT && cut) stats.truncated++;
  else if (protocol == tcp.PROTOCOL) stats.malformedTcp++;
  else if (protocol == udp.PROTOCOL) stats.malformedUdp++;
  else if (isIcmp(packet)) stats.malformedIcmp++;
  else stats.malformedTransport++;
}

/** Counts the packet at hand, whose key is, to the flow that it belongs to. */
function deliver(): void {
  if (packet.fragment == LATER) {
    countLater(packet);
    return;
  }
  quoted.encapsulation = packet.encapsulation;
  if (isIcmp(packet) && icmp.quotes(packet) && icmp.quotation(packet, quoted) == OK) {
    if (countQuoting(packet, quoted)) return;
    keyOf(packet);
  }
  count(packet);
}
