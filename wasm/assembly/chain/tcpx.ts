import { Flow } from "../flow/flow.ts";
import { flagOf, integer, liesIn, optional, optionalKinds } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { u32be } from "../wire/bytes.ts";
import { timeToLive } from "../wire/ipv4.ts";
import { hopLimit } from "../wire/ipv6.ts";
import { ACK, payloadLength, SYN, window } from "../wire/tcp.ts";
import { options } from "../wire/tcp_options.ts";
import * as mss from "./mss.ts";

/** Kept a flow. */
@unmanaged
class State {
  payloadForward: u64;
  payloadReverse: u64;
  /** Option kinds as wire/tcp_options.ts packs them; 0 while they are not known. */
  kindsForward: u64;
  kindsReverse: u64;
  /** TSval of the first SYN, of the first with other flags, and of the last; 0 without the option. */
  firstTimestamp: u32;
  differedTimestamp: u32;
  lastTimestamp: u32;
  /** Microseconds: before the answer when the last SYN was sent (modulo 2^32), then the round trip. */
  sentOrRoundTrip: u32;
  // From here on fields of the record that stand side by side lie within eight octets of each
  // other, so that output/segment.ts can keep their text
  syns: u16;
  synAcks: u16;
  /** Flags of the last SYN, and from the answer on of the one that was answered. */
  answeredFlags: u8;
  marks: u8;
  scaleForward: u8;
  scaleReverse: u8;
  known: u8;
  firstFlags: u8;
  timeToLiveForward: u8;
  timeToLiveReverse: u8;
  windowForward: u16;
  windowReverse: u16;
}

/** Bits of `known`; those of the reverse direction are one higher. */
const TIME_TO_LIVE: u8 = 1;
const WINDOW: u8 = 4;
const SCALE: u8 = 16;

/** Bits of `marks`. */
const ANSWERED: u8 = 1;
const ROUND_TRIP: u8 = 2;
const DIFFERED: u8 = 4;
/** The first SYN began the flow, so that it was sent at the flow's first time. */
const FIRST_BEGAN: u8 = 8;
/** A later SYN has the timestamp of the first, or that of the SYN before it. */
const FIRST_REPEATED: u8 = 16;
const LAST_REPEATED: u8 = 32;

const MOST: u16 = 0xffff;

export const NAME = "tcpx";
export const SUMMARY = "TCP handshake in detail, and payload";
export const SIZE: usize = offsetof<State>();

/** Declares the fields. The MSS values lie in the part of the chain mss, `mssChain`. */
export function declare(chain: i32, mssChain: i32): void {
  const known = offsetof<State>("known");
  const marks = offsetof<State>("marks");
  integer("tcpx_syn_fwd", offsetof<State>("syns"), 2, "SYNs forward, until the first SYN-ACK");
  integer("tcpx_synack_rev", offsetof<State>("synAcks"), 2, "SYN-ACKs in reverse");
  flagOf(
    "tcpx_syn_differed",
    marks,
    DIFFERED,
    "a SYN was sent again with other flags, as in the fallback of RFC 3168, section 6.1.1.1",
  );
  optional(
    "tcpx_synflags_answered",
    offsetof<State>("answeredFlags"),
    1,
    marks,
    ANSWERED,
    "TCP flags of the SYN that the first SYN-ACK answers, null before",
  );
  optional(
    "tcpx_rtt_us",
    offsetof<State>("sentOrRoundTrip"),
    4,
    marks,
    ROUND_TRIP,
    "microseconds from the SYN that was answered to the first SYN-ACK, null when it cannot be told which SYN that was",
  );
  optional(
    "tcpx_ttl_fwd",
    offsetof<State>("timeToLiveForward"),
    1,
    known,
    TIME_TO_LIVE,
    "TTL or hop limit of the first segment forward",
  );
  optional(
    "tcpx_ttl_rev",
    offsetof<State>("timeToLiveReverse"),
    1,
    known,
    TIME_TO_LIVE << 1,
    "TTL or hop limit of the first segment in reverse, null before",
  );
  optional(
    "tcpx_window_fwd",
    offsetof<State>("windowForward"),
    2,
    known,
    WINDOW,
    "window of the first SYN forward, never scaled, null before",
  );
  optional(
    "tcpx_window_rev",
    offsetof<State>("windowReverse"),
    2,
    known,
    WINDOW << 1,
    "window of the first SYN in reverse, never scaled, null before",
  );
  optionalKinds(
    "tcpx_options_fwd",
    offsetof<State>("kindsForward"),
    "option kinds of the first SYN forward in their order, the first 16 (fewer with kinds above 13), null before and when they were cut",
  );
  optionalKinds(
    "tcpx_options_rev",
    offsetof<State>("kindsReverse"),
    "option kinds of the first SYN in reverse in their order, likewise",
  );
  liesIn(mssChain);
  mss.declareValues("tcpx_mss_fwd", "tcpx_mss_rev");
  liesIn(chain);
  optional(
    "tcpx_wscale_fwd",
    offsetof<State>("scaleForward"),
    1,
    known,
    SCALE,
    "shift count of the Window Scale option on the first SYN forward, null without",
  );
  optional(
    "tcpx_wscale_rev",
    offsetof<State>("scaleReverse"),
    1,
    known,
    SCALE << 1,
    "shift count of the Window Scale option on the first SYN in reverse, null without",
  );
  integer(
    "tcpx_payload_fwd",
    offsetof<State>("payloadForward"),
    8,
    "octets of payload forward, those sent again included",
  );
  integer(
    "tcpx_payload_rev",
    offsetof<State>("payloadReverse"),
    8,
    "octets of payload in reverse, those sent again included",
  );
}

/** For TCP segments only; the options of a SYN are read. */
export function update(flow: Flow, at: usize, packet: Packet, reverse: bool): void {
  const state = changetype<State>(at);
  const side: u8 = reverse ? 1 : 0;
  const payload = payloadLength(packet);
  if (reverse) state.payloadReverse += payload;
  else state.payloadForward += payload;
  if ((state.known & (TIME_TO_LIVE << side)) == 0) {
    state.known |= TIME_TO_LIVE << side;
    const value = packet.version == 4 ? timeToLive(packet.ip) : hopLimit(packet.ip);
    if (reverse) state.timeToLiveReverse = value;
    else state.timeToLiveForward = value;
  }
  if ((packet.flags & SYN) == 0) return;
  if ((state.known & (WINDOW << side)) == 0) firstSyn(state, packet, reverse);
  const answer = (packet.flags & ACK) != 0;
  if (reverse && answer) answered(flow, state, packet);
  else if (!reverse && !answer) sent(flow, state, packet);
}

/** What the first SYN of a direction says of its sender. */
function firstSyn(state: State, packet: Packet, reverse: bool): void {
  const side: u8 = reverse ? 1 : 0;
  state.known |= WINDOW << side;
  const scale: u8 = options.windowScale == 0 ? 0 : load<u8>(options.windowScale + 2);
  if (options.windowScale != 0) state.known |= SCALE << side;
  if (reverse) {
    state.windowReverse = window(packet.transport);
    state.kindsReverse = options.whole ? options.kinds : 0;
    state.scaleReverse = scale;
  } else {
    state.windowForward = window(packet.transport);
    state.kindsForward = options.whole ? options.kinds : 0;
    state.scaleForward = scale;
  }
}

/** A SYN forward; those after the answer tell nothing. */
function sent(flow: Flow, state: State, packet: Packet): void {
  if (state.marks & ANSWERED) return;
  const timestamp = timestampAt(2);
  if (state.syns == 0) {
    state.firstFlags = packet.flags;
    state.firstTimestamp = timestamp;
    if (flow.packetsForward + flow.packetsReverse == 1) state.marks |= FIRST_BEGAN;
  } else {
    if (timestamp == state.firstTimestamp) state.marks |= FIRST_REPEATED;
    if (timestamp == state.lastTimestamp) state.marks |= LAST_REPEATED;
    else state.marks &= ~LAST_REPEATED;
    if (packet.flags != state.firstFlags && (state.marks & DIFFERED) == 0) {
      state.marks |= DIFFERED;
      state.differedTimestamp = timestamp;
    }
  }
  state.lastTimestamp = timestamp;
  state.answeredFlags = packet.flags;
  state.sentOrRoundTrip = microseconds(packet.time);
  if (state.syns != MOST) state.syns++;
}

/**
 * A SYN-ACK in reverse; the first one tells which SYN it answers. It echoes that SYN's timestamp
 * (RFC 7323, section 3.2), which tells even a late answer to one before the flags differed from an
 * answer to the last; without the option it is taken for the last. The differences are right also
 * when the timestamps wrap around.
 */
function answered(flow: Flow, state: State, packet: Packet): void {
  if (state.synAcks != MOST) state.synAcks++;
  if ((state.marks & ANSWERED) != 0 || state.syns == 0) return;
  const echo = timestampAt(6);
  roundTrip(flow, state, packet, echo);
  state.marks |= ANSWERED;
  const first = state.firstTimestamp;
  if (
    (state.marks & DIFFERED) == 0 ||
    (echo != 0 && echo - first < state.differedTimestamp - first)
  ) state.answeredFlags = state.firstFlags;
}

/**
 * Measures the handshake, by Karn's rule: after a retransmission only an echo that is the timestamp
 * of one SYN and no other tells what was answered.
 */
function roundTrip(flow: Flow, state: State, packet: Packet, echo: u32): void {
  let sent = state.sentOrRoundTrip;
  if (state.syns > 1) {
    if (echo == 0) return;
    if (echo != state.lastTimestamp || (state.marks & LAST_REPEATED) != 0) {
      const first: u8 = state.marks & (FIRST_BEGAN | FIRST_REPEATED);
      if (echo != state.firstTimestamp || first != FIRST_BEGAN) return;
      sent = microseconds(flow.first);
    }
  }
  const taken = microseconds(packet.time) - sent;
  // A clock that was set back between the two
  if (taken >= 0x8000_0000) return;
  state.sentOrRoundTrip = taken;
  state.marks |= ROUND_TRIP;
}

/** Time as a number whose differences are right up to 71 minutes. */
function microseconds(nanoseconds: u64): u32 {
  return u32(nanoseconds / 1000);
}

/** TSval (2) or TSecr (6) of the SYN at hand, 0 without the option. */
function timestampAt(offset: usize): u32 {
  return options.timestamps == 0 ? 0 : u32be(options.timestamps + offset);
}
