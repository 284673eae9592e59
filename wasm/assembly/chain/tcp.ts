import {
  CONNECTED,
  FIN_FORWARD,
  FIN_REVERSE,
  Flow,
  RST_FORWARD,
  RST_REVERSE,
} from "../flow/flow.ts";
import { flagOf, liesInFlow, optional } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { ACK, RST, SYN } from "../wire/tcp.ts";

/** A bit of the lower octet that all flags of a SYN have. */
const SEEN: u8 = u8(SYN);

/**
 * Kept a flow. Flags of a SYN are never 0, which so means that none was seen. FIN and RST stand in
 * the flow itself, since they complete it, and beside them, where a bit is free, the handshake.
 */
@unmanaged
class State {
  synForward: u16;
  synReverse: u16;
}

export const NAME = "tcp";
export const SUMMARY = "TCP handshake and end (RFC 9293)";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  const forward = offsetof<State>("synForward");
  const reverse = offsetof<State>("synReverse");
  const ends = offsetof<Flow>("ends");
  optional(
    "tcp_synflags_fwd",
    forward,
    2,
    forward,
    SEEN,
    "the nine TCP flags of the first SYN forward (AE 0x100 to FIN 0x01), null before",
  );
  optional(
    "tcp_synflags_rev",
    reverse,
    2,
    reverse,
    SEEN,
    "the nine TCP flags of the first SYN in reverse, null before",
  );
  liesInFlow();
  flagOf("tcp_fin_fwd", ends, FIN_FORWARD, "a FIN was seen forward");
  flagOf("tcp_fin_rev", ends, FIN_REVERSE, "a FIN was seen in reverse");
  flagOf("tcp_rst_fwd", ends, RST_FORWARD, "a RST was seen forward");
  flagOf("tcp_rst_rev", ends, RST_REVERSE, "a RST was seen in reverse");
  flagOf("tcp_connected", ends, CONNECTED, "the three-way handshake completed");
}

/** For TCP segments only. */
export function update(flow: Flow, at: usize, packet: Packet, reverse: bool): void {
  const state = changetype<State>(at);
  const flags = packet.flags;
  if (flags & SYN) {
    if (reverse) {
      if (state.synReverse == 0) state.synReverse = flags;
    } else if (state.synForward == 0) state.synForward = flags;
    return;
  }
  if (
    !reverse && (flags & (ACK | RST)) == ACK && state.synForward != 0 &&
    (state.synReverse & ACK) != 0
  ) flow.ends |= CONNECTED;
}

/** What was seen of the handshake holds for all parts of a flow. */
export function goOn(from: usize, to: usize): void {
  memory.copy(to, from, SIZE);
}
