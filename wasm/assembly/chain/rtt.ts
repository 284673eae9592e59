import { annex, annexIfAny } from "../flow/annex.ts";
import { blockCopy, giveBlock, takeBlock } from "../flow/blocks.ts";
import { integer, median, optional } from "../output/field.ts";
import { BUCKETS, count } from "../output/median.ts";
import { Packet } from "../packet.ts";
import { isBefore, sequenceLength } from "../wire/sequence.ts";
import { ACK, acknowledgment, RST, sequence } from "../wire/tcp.ts";

/** Kept of each direction. */
@unmanaged
class Side {
  /** When the segment was seen whose acknowledgment is awaited, nanoseconds since 1970. */
  sent: u64;
  /** The sequence number behind the highest one, and behind the segment that is timed. */
  next: u32;
  awaited: u32;
  samples: u32;
  /** Microseconds. */
  least: u32;
  /** The block of the buckets, 0 before the first sample. */
  buckets: u32;
  known: u8;
  padding: u8;
  padding2: u16;
}

const SEEN: u8 = 1;
const TIMED: u8 = 2;
const SAMPLED: u8 = 4;
const SIDE: usize = offsetof<Side>();

export const NAME = "rtt";
export const SUMMARY =
  "Round trips from where packets are seen, by acknowledgments (RFC 6298, RFC 9293)";
export const ANNEX: usize = 2 * SIDE;

export function declare(): void {
  const known = offsetof<Side>("known");
  integer(
    "rtt_samples_fwd",
    offsetof<Side>("samples"),
    4,
    "times that were taken from segments forward to their acknowledgment: of one at once, and of none that was sent again (Karn)",
  );
  optional(
    "rtt_min_us_fwd",
    offsetof<Side>("least"),
    4,
    known,
    SAMPLED,
    "the shortest of them, microseconds, null without",
  );
  median(
    "rtt_median_us_fwd",
    offsetof<Side>("buckets"),
    known,
    SAMPLED,
    "the median of them, microseconds, at most 10 % off (from 16 us to 33 s), null without",
  );
  integer(
    "rtt_samples_rev",
    SIDE + offsetof<Side>("samples"),
    4,
    "times that were taken from segments in reverse to their acknowledgment: of one at once, and of none that was sent again (Karn)",
  );
  optional(
    "rtt_min_us_rev",
    SIDE + offsetof<Side>("least"),
    4,
    SIDE + known,
    SAMPLED,
    "the shortest of them, microseconds, null without",
  );
  median(
    "rtt_median_us_rev",
    SIDE + offsetof<Side>("buckets"),
    SIDE + known,
    SAMPLED,
    "the median of them, microseconds, at most 10 % off (from 16 us to 33 s), null without",
  );
}

/** For TCP segments only. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const flags = packet.flags;
  if (flags & RST) return;
  const length = sequenceLength(packet);
  // Where nothing was sent, nothing is awaited
  const part = length == 0 ? annexIfAny(at) : annex(at, ANNEX);
  if (part == 0) return;
  const side = changetype<Side>(part + (reverse ? SIDE : 0));
  if (flags & ACK) acknowledged(changetype<Side>(part + (reverse ? 0 : SIDE)), packet);
  const from = sequence(packet.transport);
  const to = from + length;
  const isFirst = (side.known & SEEN) == 0;
  if (!isFirst && isBefore(from, side.next)) {
    // Sent again, or overtaken: which one an acknowledgment is for is not known any more
    if (length != 0) side.known &= ~TIMED;
    if (isBefore(side.next, to)) side.next = to;
    return;
  }
  side.known |= SEEN;
  side.next = to;
  if (length == 0 || (side.known & TIMED) != 0) return;
  side.known |= TIMED;
  side.awaited = to;
  side.sent = packet.time;
}

/** Takes the time when an acknowledgment covers the segment that is timed. */
function acknowledged(side: Side, packet: Packet): void {
  if ((side.known & TIMED) == 0) return;
  if (isBefore(acknowledgment(packet.transport), side.awaited)) return;
  side.known &= ~TIMED;
  // A clock that was set back
  if (packet.time < side.sent) return;
  if (side.buckets == 0) side.buckets = u32(takeBlock(BUCKETS));
  if (side.buckets == 0) return;
  const taken = u32(min<u64>((packet.time - side.sent) / 1000, 0xffff_ffff));
  if ((side.known & SAMPLED) == 0 || taken < side.least) side.least = taken;
  side.known |= SAMPLED;
  side.samples++;
  count(side.buckets, taken);
}

/** Gives back the buckets. */
export function release(annex: usize): void {
  for (let at = annex; at < annex + ANNEX; at += SIDE) {
    const buckets = changetype<Side>(at).buckets;
    if (buckets != 0) giveBlock(buckets, BUCKETS);
  }
}

/** What is on its way is timed over all parts of a flow, samples begin anew. */
export function goOn(from: usize, to: usize): void {
  const next = blockCopy(from, to, ANNEX);
  if (next == 0) return;
  for (let at = next; at < next + ANNEX; at += SIDE) {
    const side = changetype<Side>(at);
    side.samples = 0;
    side.least = 0;
    side.known &= ~SAMPLED;
    side.buckets = 0;
  }
}
