import { optional, optionalBits } from "../output/field.ts";
import { u16be } from "../wire/bytes.ts";
import { options } from "../wire/tcp_options.ts";

/** Kept a flow: of each direction the value, and the length with whether the value is known. */
@unmanaged
class State {
  valueForward: u16;
  valueReverse: u16;
  lengthForward: u8;
  lengthReverse: u8;
}

/** Bits of a length, which is never 0, and never more than a header has room for. */
const BITS: u8 = 0x3f;
/** The value is known: the option had the only length that it may have. */
const KNOWN: u8 = 0x80;
/** Octets of the option, kind and length included (RFC 9293, section 3.7.1). */
const LENGTH: u8 = 4;

export const NAME = "mss";
export const SUMMARY = "TCP option Maximum Segment Size (RFC 9293, section 3.7.1)";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  const forward = offsetof<State>("lengthForward");
  const reverse = offsetof<State>("lengthReverse");
  optionalBits(
    "mss_len_fwd",
    forward,
    BITS,
    BITS,
    "length octet of the first MSS option on a SYN forward (4 by the standard), null before",
  );
  optionalBits(
    "mss_len_rev",
    reverse,
    BITS,
    BITS,
    "length octet of the first MSS option on a SYN in reverse, null before",
  );
  declareValues("mss_value_fwd", "mss_value_rev");
}

/** Declares the two values, for this chain or another that shows them by names of its own. */
export function declareValues(forward: string, reverse: string): void {
  optional(
    forward,
    offsetof<State>("valueForward"),
    2,
    offsetof<State>("lengthForward"),
    KNOWN,
    "octets, by the first MSS option on a SYN forward, null before and when its length is not 4",
  );
  optional(
    reverse,
    offsetof<State>("valueReverse"),
    2,
    offsetof<State>("lengthReverse"),
    KNOWN,
    "octets, by the first MSS option on a SYN in reverse, null before and when its length is not 4",
  );
}

/** For SYNs only, with their options read. */
export function update(at: usize, reverse: bool): void {
  const option = options.mss;
  const state = changetype<State>(at);
  if (option == 0 || (reverse ? state.lengthReverse : state.lengthForward) != 0) return;
  const length = load<u8>(option + 1);
  const isKnown = length == LENGTH;
  const value = isKnown ? u16be(option + 2) : 0;
  const marked = isKnown ? length | KNOWN : length;
  if (reverse) {
    state.lengthReverse = marked;
    state.valueReverse = value;
  } else {
    state.lengthForward = marked;
    state.valueForward = value;
  }
}

/** What was seen of the handshake holds for all parts of a flow. */
export function goOn(from: usize, to: usize): void {
  memory.copy(to, from, SIZE);
}
