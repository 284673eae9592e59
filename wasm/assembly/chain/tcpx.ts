import { flag, integer16, nullable16 } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { u32be } from "../wire/bytes.ts";
import { ACK, option, OPTION_TIMESTAMPS, PROTOCOL, SYN } from "../wire/tcp.ts";

const NONE: u16 = 0xffff;

/** Kept a flow, until the first SYN-ACK is there. */
@unmanaged
class State {
  firstFlags: u16;
  lastFlags: u16;
  answered: u16;
  syns: u16;
  synAcks: u16;
  differed: bool;
  /** TSval of the first SYN; 0 without the option. */
  firstTimestamp: u32;
  /** TSval of the first SYN with other flags than the first. */
  differedTimestamp: u32;
}

export const NAME = "tcpx";
export const SUMMARY = "TCP handshake in detail: which SYN was answered";
export const SIZE: usize = (offsetof<State>() + 7) & ~7;

export function declare(at: usize): void {
  integer16("tcpx_syn_fwd", at + offsetof<State>("syns"), "SYNs forward, until the first SYN-ACK");
  integer16("tcpx_synack_rev", at + offsetof<State>("synAcks"), "SYN-ACKs in reverse");
  flag(
    "tcpx_syn_differed",
    at + offsetof<State>("differed"),
    "a SYN was sent again with other flags, as in the fallback of RFC 3168, section 6.1.1.1",
  );
  nullable16(
    "tcpx_synflags_answered",
    at + offsetof<State>("answered"),
    "TCP flags of the SYN that the first SYN-ACK answers, null before",
  );
}

export function begin(at: usize): void {
  const state = changetype<State>(at);
  state.firstFlags = NONE;
  state.answered = NONE;
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  if (packet.protocol != PROTOCOL || packet.transport == 0) return;
  if ((packet.flags & SYN) == 0) return;
  const state = changetype<State>(at);
  if (reverse) {
    if ((packet.flags & ACK) == 0) return;
    if (state.synAcks != NONE) state.synAcks++;
    if (state.answered == NONE && state.firstFlags != NONE) {
      state.answered = answered(state, packet);
    }
    return;
  }
  if ((packet.flags & ACK) != 0 || state.answered != NONE) return;
  const timestamp = timestampAt(packet, 2);
  if (state.firstFlags == NONE) {
    state.firstFlags = packet.flags;
    state.firstTimestamp = timestamp;
  } else if (packet.flags != state.firstFlags && !state.differed) {
    state.differed = true;
    state.differedTimestamp = timestamp;
  }
  state.lastFlags = packet.flags;
  if (state.syns != NONE) state.syns++;
}

/**
 * Which SYN a SYN-ACK answers. It echoes that SYN's timestamp (RFC 7323, section 3.2), which tells
 * even a late answer to one before the flags differed from an answer to the last; without the
 * option it is the last. The differences are right also when the timestamps wrap around.
 */
function answered(state: State, packet: Packet): u16 {
  if (!state.differed) return state.firstFlags;
  const echo = timestampAt(packet, 6);
  const first = state.firstTimestamp;
  const early = echo != 0 && echo - first < state.differedTimestamp - first;
  return early ? state.firstFlags : state.lastFlags;
}

function timestampAt(packet: Packet, offset: usize): u32 {
  const at = option(packet, OPTION_TIMESTAMPS, 10);
  return at == 0 ? 0 : u32be(at + offset);
}
