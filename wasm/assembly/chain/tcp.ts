import { FIN_FORWARD, FIN_REVERSE, Flow, RST_FORWARD, RST_REVERSE } from "../flow/flow.ts";
import { flag, flagOf, nullable16 } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { ACK, PROTOCOL, RST, SYN } from "../wire/tcp.ts";

const NONE: u16 = 0xffff;

/** Kept a flow. FIN and RST stand in the flow itself, since they complete it. */
@unmanaged
class State {
  synForward: u16;
  synReverse: u16;
  connected: bool;
}

export const NAME = "tcp";
export const SUMMARY = "TCP handshake and end (RFC 9293)";
export const SIZE: usize = (offsetof<State>() + 7) & ~7;

export function declare(at: usize): void {
  nullable16(
    "tcp_synflags_fwd",
    at + offsetof<State>("synForward"),
    "TCP flags of the first SYN forward, null before",
  );
  nullable16(
    "tcp_synflags_rev",
    at + offsetof<State>("synReverse"),
    "TCP flags of the first SYN in reverse, null before",
  );
  flagOf("tcp_fin_fwd", offsetof<Flow>("ends"), FIN_FORWARD, "a FIN was seen forward");
  flagOf("tcp_fin_rev", offsetof<Flow>("ends"), FIN_REVERSE, "a FIN was seen in reverse");
  flagOf("tcp_rst_fwd", offsetof<Flow>("ends"), RST_FORWARD, "a RST was seen forward");
  flagOf("tcp_rst_rev", offsetof<Flow>("ends"), RST_REVERSE, "a RST was seen in reverse");
  flag("tcp_connected", at + offsetof<State>("connected"), "the three-way handshake completed");
}

export function begin(at: usize): void {
  const state = changetype<State>(at);
  state.synForward = NONE;
  state.synReverse = NONE;
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  if (packet.protocol != PROTOCOL || packet.transport == 0) return;
  const state = changetype<State>(at);
  const flags = packet.flags;
  if (flags & SYN) {
    if (reverse) {
      if (state.synReverse == NONE) state.synReverse = flags;
    } else if (state.synForward == NONE) state.synForward = flags;
    return;
  }
  if (
    !reverse && (flags & (ACK | RST)) == ACK && state.synForward != NONE &&
    state.synReverse != NONE &&
    (state.synReverse & ACK) != 0
  ) state.connected = true;
}
