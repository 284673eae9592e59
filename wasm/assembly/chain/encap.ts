import { headers, optionalHeaders } from "../output/field.ts";
import { Packet } from "../packet.ts";

export const NAME = "encap";
export const SUMMARY = "Headers around the flow's packets: VLANs, labels, tunnels";
export const SIZE: usize = offsetof<State>();

/** Kept a flow: numbers of lists of headers, side by side, where flow/reclaim.ts looks for them. */
@unmanaged
class State {
  first: u16;
  reverse: u16;
  seen: u16;
}

/** Bits of `seen`: the lists that are there. */
const FIRST: u16 = 1;
const REVERSE: u16 = 2;

export function declare(): void {
  headers(
    "encap",
    offsetof<State>("first"),
    "headers around the first packet, the outermost first",
  );
  optionalHeaders(
    "encap_rev",
    offsetof<State>("reverse"),
    offsetof<State>("seen"),
    u8(REVERSE),
    "the same around the first packet in reverse, null before",
  );
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  const state = changetype<State>(at);
  const missing = (reverse ? FIRST | REVERSE : FIRST) & ~state.seen;
  if (missing == 0) return;
  if (missing & FIRST) state.first = packet.encapsulation;
  if (missing & REVERSE) state.reverse = packet.encapsulation;
  state.seen |= missing;
}
