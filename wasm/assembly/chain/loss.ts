import { annex, annexIfAny } from "../flow/annex.ts";
import { blockCopy } from "../flow/blocks.ts";
import { integer } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isBefore, sequenceLength } from "../wire/sequence.ts";
import { payloadLength, RST, sequence, SYN, window } from "../wire/tcp.ts";

/** Octets that were passed over, from the first one to the one behind. */
@unmanaged
class Hole {
  from: u32;
  to: u32;
}

/** Kept of each direction. */
@unmanaged
class Side {
  /** When the highest sequence number came, nanoseconds since 1970. */
  newest: u64;
  /** The sequence number behind the highest one. */
  next: u32;
  resent: u32;
  reordered: u32;
  known: u8;
  /** How many holes there are; they lie behind. */
  holes: u8;
  padding: u16;
}

const SEEN: u8 = 1;
/** The last window that it offered was 0. */
const CLOSED: u8 = 2;
/** Holes that are known at once; with more, the octets of the oldest count as seen. */
const HOLES: u8 = 4;
const HOLES_AT: usize = offsetof<Side>();
const HOLE: usize = offsetof<Hole>();
const SIDE: usize = HOLES_AT + HOLE * 4;

/** What fills a hole within this time was overtaken on its way, later it was sent again: 3 ms, as in Wireshark. */
const OVERTAKEN: u64 = 3_000_000;

export const NAME = "loss";
export const SUMMARY = "TCP segments that were sent again or overtaken (RFC 9293, section 3.4)";
export const ANNEX: usize = 2 * SIDE;

export function declare(): void {
  integer(
    "loss_resent_fwd",
    offsetof<Side>("resent"),
    4,
    "segments forward with payload or FIN that came before, or fill a gap more than 3 ms after it was passed over; keep-alives and probes of a closed window are none",
  );
  integer(
    "loss_resent_rev",
    SIDE + offsetof<Side>("resent"),
    4,
    "the same in reverse",
  );
  integer(
    "loss_reordered_fwd",
    offsetof<Side>("reordered"),
    4,
    "segments forward that fill a gap within 3 ms: others overtook them",
  );
  integer(
    "loss_reordered_rev",
    SIDE + offsetof<Side>("reordered"),
    4,
    "the same in reverse",
  );
}

/** For TCP segments only. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const flags = packet.flags;
  if (flags & RST) return;
  const length = sequenceLength(packet);
  // Before anything was sent nothing can be lost
  const part = length == 0 ? annexIfAny(at) : annex(at, ANNEX);
  if (part == 0) return;
  const side = changetype<Side>(part + (reverse ? SIDE : 0));
  const other = changetype<Side>(part + (reverse ? 0 : SIDE));
  const closed = (other.known & CLOSED) != 0;
  if (window(packet.transport) == 0 && (flags & SYN) == 0) side.known |= CLOSED;
  else side.known &= ~CLOSED;
  const from = sequence(packet.transport);
  if ((side.known & SEEN) == 0) {
    side.known |= SEEN;
    side.next = from + length;
    side.newest = packet.time;
    return;
  }
  if (length == 0) return;
  if ((flags & SYN) == 0) {
    const payload = payloadLength(packet);
    // RFC 9293, sections 3.8.4 and 3.8.6.1: neither is data that moves the connection on
    if (payload <= 1 && length == 1 && payload == length) {
      if (from == side.next - 1 || closed && from == side.next) return;
    }
    if (isBefore(from, side.next)) return again(side, from, from + length, packet.time);
  } else if (isBefore(from, side.next)) return;
  if (from != side.next) passOver(side, side.next, from);
  side.next = from + length;
  side.newest = packet.time;
}

/** A segment that begins below the highest sequence number. */
function again(side: Side, from: u32, to: u32, time: u64): void {
  const fills = fill(side, from, to);
  if (fills && time - side.newest <= OVERTAKEN) side.reordered++;
  else side.resent++;
  if (!isBefore(side.next, to)) return;
  side.next = to;
  side.newest = time;
}

function holeAt(side: Side, i: u8): Hole {
  return changetype<Hole>(changetype<usize>(side) + HOLES_AT + usize(i) * HOLE);
}

/** Notes a hole above all others; without room the oldest is forgotten. */
function passOver(side: Side, from: u32, to: u32): void {
  if (side.holes == HOLES) withdraw(side, 0);
  const hole = holeAt(side, side.holes++);
  hole.from = from;
  hole.to = to;
}

function withdraw(side: Side, i: u8): void {
  side.holes--;
  for (let j = i; j < side.holes; j++) {
    holeAt(side, j).from = holeAt(side, j + 1).from;
    holeAt(side, j).to = holeAt(side, j + 1).to;
  }
}

/** Takes octets out of the holes; whether any were in one. */
function fill(side: Side, from: u32, to: u32): bool {
  let fills = false;
  for (let i: u8 = 0; i < side.holes;) {
    const hole = holeAt(side, i);
    if (!isBefore(from, hole.to) || !isBefore(hole.from, to)) {
      i++;
      continue;
    }
    fills = true;
    const below = isBefore(hole.from, from);
    const above = isBefore(to, hole.to);
    if (below && above) {
      // In its midst: of the rest what is above is new, where there is room
      const end = hole.to;
      hole.to = from;
      if (side.holes < HOLES) insert(side, i + 1, to, end);
      return true;
    }
    if (below) hole.to = from;
    else if (above) hole.from = to;
    else {
      withdraw(side, i);
      continue;
    }
    i++;
  }
  return fills;
}

function insert(side: Side, at: u8, from: u32, to: u32): void {
  for (let j = side.holes; j > at; j--) {
    holeAt(side, j).from = holeAt(side, j - 1).from;
    holeAt(side, j).to = holeAt(side, j - 1).to;
  }
  side.holes++;
  holeAt(side, at).from = from;
  holeAt(side, at).to = to;
}

/** How far the octets have come holds for all parts of a flow, counts begin anew. */
export function goOn(from: usize, to: usize): void {
  const next = blockCopy(from, to, ANNEX);
  if (next == 0) return;
  for (let side = next; side < next + ANNEX; side += SIDE) {
    changetype<Side>(side).resent = 0;
    changetype<Side>(side).reordered = 0;
  }
}
