import { annex, annexIfAny } from "../flow/annex.ts";
import { blockCopy } from "../flow/blocks.ts";
import { flagOf, integer, optional } from "../output/field.ts";
import { Packet } from "../packet.ts";
import * as quic from "../wire/quic.ts";
import { payload, payloadLength } from "../wire/udp.ts";

/** Kept a flow. */
@unmanaged
class State {
  version: u32;
  spinForward: u32;
  spinReverse: u32;
  destinationForward: u8;
  sourceForward: u8;
  destinationReverse: u8;
  sourceReverse: u8;
  known: u8;
  /** The last short header of each direction: that there was one, and its spin bit. */
  spins: u8;
}

/** Bits of `known`. */
const LONG_FORWARD: u8 = 1;
const LONG_REVERSE: u8 = 2;
const VERSION: u8 = 4;
const NEGOTIATION: u8 = 8;

/** Bits of `spins`; those of the reverse direction are two higher. */
const SEEN: u8 = 1;
const SPIN: u8 = 2;

export const NAME = "quic";
export const SUMMARY = "QUIC headers, without decryption (RFC 8999, RFC 9000, RFC 9369)";
export const ANNEX: usize = offsetof<State>();

export function declare(): void {
  const known = offsetof<State>("known");
  optional(
    "quic_version",
    offsetof<State>("version"),
    4,
    known,
    VERSION,
    "version of the last long header (1; 1798521807 is version 2; 0x?a?a?a?a forces negotiation), null without one of a known version",
  );
  flagOf("quic_negotiation", known, NEGOTIATION, "a Version Negotiation packet was seen");
  optional(
    "quic_dcid_len_fwd",
    offsetof<State>("destinationForward"),
    1,
    known,
    LONG_FORWARD,
    "octets of the Destination Connection ID of the first long header forward, null before",
  );
  optional(
    "quic_scid_len_fwd",
    offsetof<State>("sourceForward"),
    1,
    known,
    LONG_FORWARD,
    "octets of the Source Connection ID of the first long header forward, null before",
  );
  optional(
    "quic_dcid_len_rev",
    offsetof<State>("destinationReverse"),
    1,
    known,
    LONG_REVERSE,
    "octets of the Destination Connection ID of the first long header in reverse, null before",
  );
  optional(
    "quic_scid_len_rev",
    offsetof<State>("sourceReverse"),
    1,
    known,
    LONG_REVERSE,
    "octets of the Source Connection ID of the first long header in reverse, null before",
  );
  integer(
    "quic_spin_fwd",
    offsetof<State>("spinForward"),
    4,
    "how often the spin bit of short headers forward changed, in the order in which they came",
  );
  integer(
    "quic_spin_rev",
    offsetof<State>("spinReverse"),
    4,
    "how often the spin bit of short headers in reverse changed, in the order in which they came",
  );
}

/** For UDP datagrams only. Only a long header tells that they are QUIC. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const from = payload(packet);
  const to = min(packet.end, from + payloadLength(packet));
  if (from >= to) return;
  if (quic.longHeader(from, to)) return long(at, reverse);
  const part = annexIfAny(at);
  if (part != 0) short(changetype<State>(part), load<u8>(from), reverse);
}

function long(at: usize, reverse: bool): void {
  const part = annex(at, ANNEX);
  if (part == 0) return;
  const state = changetype<State>(part);
  if (quic.version == 0) {
    state.known |= NEGOTIATION;
  } else {
    state.known |= VERSION;
    state.version = quic.version;
  }
  const side = reverse ? LONG_REVERSE : LONG_FORWARD;
  if (state.known & side) return;
  state.known |= side;
  if (reverse) {
    state.destinationReverse = quic.destinationLength;
    state.sourceReverse = quic.sourceLength;
  } else {
    state.destinationForward = quic.destinationLength;
    state.sourceForward = quic.sourceLength;
  }
}

function short(state: State, first: u8, reverse: bool): void {
  if (!quic.isShort(first)) return;
  const shift: u8 = reverse ? 2 : 0;
  const now: u8 = quic.spin(first) ? SEEN | SPIN : SEEN;
  const before = (state.spins >> shift) & (SEEN | SPIN);
  if (before != 0 && before != now) {
    if (reverse) state.spinReverse++;
    else state.spinForward++;
  }
  state.spins = state.spins & ~((SEEN | SPIN) << shift) | now << shift;
}

/** What is known of the connection holds for all parts of its flow, counts begin anew. */
export function goOn(from: usize, to: usize): void {
  const next = blockCopy(from, to, ANNEX);
  if (next == 0) return;
  changetype<State>(next).spinForward = 0;
  changetype<State>(next).spinReverse = 0;
}
