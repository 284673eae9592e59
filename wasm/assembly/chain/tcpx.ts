import { Flow } from "../flow/flow.ts";
import { addToNarrow, narrow } from "../flow/narrow.ts";
import { Packet } from "../packet.ts";
import { u32be } from "../wire/bytes.ts";
import { timeToLive } from "../wire/ipv4.ts";
import { hopLimit } from "../wire/ipv6.ts";
import {
  ACK,
  acknowledgment,
  FIN,
  FLAGS,
  payloadLength,
  RST,
  sequence,
  SYN,
  window,
} from "../wire/tcp.ts";
import { options } from "../wire/tcp_options.ts";
import {
  ACKED,
  ANSWERED,
  CHANGED_AGAIN,
  declare,
  DIFFERED,
  FIRST_BEGAN,
  FIRST_REPEATED,
  GAP_REVERSE,
  LAST_REPEATED,
  PAYLOAD,
  PAYLOAD_FORWARD,
  PAYLOAD_REVERSE,
  ROUND_TRIP,
  SCALE,
  SEEN_REVERSE,
  State,
  TIME_TO_LIVE,
  UNSURE,
  WINDOW,
} from "./tcpx_state.ts";

export { declare };

export const NAME = "tcpx";
export const SUMMARY = "TCP handshake in detail, and payload";
export const SIZE: usize = PAYLOAD_REVERSE + PAYLOAD;

const MOST: u16 = 0xffff;

/** For TCP segments only; the options of a SYN are read. */
export function update(flow: Flow, at: usize, packet: Packet, reverse: bool): void {
  const state = changetype<State>(at);
  const side: u8 = reverse ? 1 : 0;
  const payload = payloadLength(packet);
  addToNarrow(at + (reverse ? PAYLOAD_REVERSE : PAYLOAD_FORWARD), PAYLOAD, payload);
  if ((state.known & (TIME_TO_LIVE << side)) == 0) {
    state.known |= TIME_TO_LIVE << side;
    const value = packet.version == 4 ? timeToLive(packet.ip) : hopLimit(packet.ip);
    if (reverse) state.timeToLiveReverse = value;
    else state.timeToLiveForward = value;
  }
  if (reverse) follow(state, packet, payload);
  if ((packet.flags & SYN) == 0) return;
  if ((state.known & (WINDOW << side)) == 0) firstSyn(state, packet, reverse);
  const answer = (packet.flags & ACK) != 0;
  if (reverse && answer) answered(flow, state, packet);
  else if (!reverse && !answer) sent(flow, state, packet);
}

/** Notes how far the octets in reverse have come, and whether some were missing (RFC 9293, section 3.4). */
function follow(state: State, packet: Packet, payload: usize): void {
  const flags = packet.flags;
  if (flags & RST) return;
  const begin = sequence(packet.transport);
  const length = u32(payload) + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  if ((state.known & SEEN_REVERSE) == 0) {
    state.known |= SEEN_REVERSE;
    state.nextReverse = begin + length;
    return;
  }
  if (length > 0 && i32(begin - state.nextReverse) > 0) state.known |= GAP_REVERSE;
  if (i32(begin + length - state.nextReverse) > 0) state.nextReverse = begin + length;
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

/** A SYN forward. One that is sent again after an answer says that the host did not take that answer. */
function sent(flow: Flow, state: State, packet: Packet): void {
  if (state.marks & ANSWERED) {
    if (sequence(packet.transport) != flow.initialSequence) return;
    state.marks &= ~(ANSWERED | ROUND_TRIP);
  }
  if (isTimestampCut()) state.marks |= UNSURE;
  const timestamp = timestampAt(2);
  if (state.syns == 0) {
    state.firstFlags = packet.flags;
    state.firstTimestamp = timestamp;
    if (flow.packetsForward + flow.packetsReverse == 1) state.marks |= FIRST_BEGAN;
  } else {
    if (timestamp == state.firstTimestamp) state.marks |= FIRST_REPEATED;
    if (timestamp == state.lastTimestamp) state.marks |= LAST_REPEATED;
    else state.marks &= ~LAST_REPEATED;
    if (state.marks & DIFFERED) {
      if (packet.flags != state.answeredFlags) state.firstFlags |= CHANGED_AGAIN;
    } else if (packet.flags != state.firstFlags) {
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
  if (state.syns != 0 && acknowledges(flow, state, packet)) state.marks |= ACKED;
  if ((state.marks & ANSWERED) != 0 || state.syns == 0) return;
  // Of two kinds of SYN the echo tells, or that there is none: not one that the capture cut off
  if ((state.marks & DIFFERED) != 0 && ((state.marks & UNSURE) != 0 || isTimestampCut())) return;
  const echo = timestampAt(6);
  const first = state.firstTimestamp;
  const isToFirst = (state.marks & DIFFERED) == 0 ||
    (echo != 0 && echo - first < state.differedTimestamp - first);
  const isBetween = (state.firstFlags & CHANGED_AGAIN) != 0 && echo != 0 &&
    echo - first < state.lastTimestamp - first;
  if (isBetween && !isToFirst) return;
  roundTrip(flow, state, packet, echo);
  state.marks |= ANSWERED;
  if (isToFirst) state.answeredFlags = state.firstFlags & FLAGS;
}

/** Whether a SYN-ACK is to the SYN that was sent, and at most to all that was (RFC 9293, section 3.10.7.3). */
function acknowledges(flow: Flow, state: State, packet: Packet): bool {
  const beyond: u32 = acknowledgment(packet.transport) - flow.initialSequence - 1;
  return u64(beyond) <= narrow(changetype<usize>(state) + PAYLOAD_FORWARD, PAYLOAD);
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
  // A clock that was set back between the two, by however much: no SYN of the flow is older than the flow
  if (taken >= 0x8000_0000 || packet.time < flow.first) return;
  if (u64(taken) > (packet.time - flow.first) / 1000 + 1) return;
  state.sentOrRoundTrip = taken;
  state.marks |= ROUND_TRIP;
}

/** Time as a number whose differences are right up to 71 minutes. */
function microseconds(nanoseconds: u64): u32 {
  return u32(nanoseconds / 1000);
}

/** Whether the capture may have cut off the timestamps of the SYN at hand. */
function isTimestampCut(): bool {
  return options.timestamps == 0 && !options.whole;
}

/** TSval (2) or TSecr (6) of the SYN at hand, 0 without the option. */
function timestampAt(offset: usize): u32 {
  return options.timestamps == 0 ? 0 : u32be(options.timestamps + offset);
}

/** What was seen of the handshake holds for all parts of a flow, and so does how far the octets have come. */
export function goOn(from: usize, to: usize): void {
  memory.copy(to, from, PAYLOAD_FORWARD);
  changetype<State>(to).known &= ~GAP_REVERSE;
}
