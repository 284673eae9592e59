import { optional } from "../output/field.ts";
import { u16be } from "../wire/bytes.ts";
import { options } from "../wire/tcp_options.ts";

/** Kept a flow. A length is never 0, which so means that there was no option. */
@unmanaged
class State {
  valueForward: u16;
  valueReverse: u16;
  lengthForward: u8;
  lengthReverse: u8;
  /** Directions whose value is known: the option had the only length it may have. */
  known: u8;
  padding: u8;
}

const FORWARD: u8 = 1;
const REVERSE: u8 = 2;
/** Octets of the option, kind and length included (RFC 9293, section 3.7.1). */
const LENGTH: u8 = 4;

export const NAME = "mss";
export const SUMMARY = "TCP option Maximum Segment Size (RFC 9293, section 3.7.1)";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  const forward = offsetof<State>("lengthForward");
  const reverse = offsetof<State>("lengthReverse");
  optional(
    "mss_len_fwd",
    forward,
    1,
    forward,
    0xff,
    "length octet of the first MSS option on a SYN forward (4 by the standard), null before",
  );
  optional(
    "mss_len_rev",
    reverse,
    1,
    reverse,
    0xff,
    "length octet of the first MSS option on a SYN in reverse, null before",
  );
  declareValues("mss_value_fwd", "mss_value_rev");
}

/** Declares the two values, for this chain or another that shows them by names of its own. */
export function declareValues(forward: string, reverse: string): void {
  const known = offsetof<State>("known");
  optional(
    forward,
    offsetof<State>("valueForward"),
    2,
    known,
    FORWARD,
    "octets, by the first MSS option on a SYN forward, null before and when its length is not 4",
  );
  optional(
    reverse,
    offsetof<State>("valueReverse"),
    2,
    known,
    REVERSE,
    "octets, by the first MSS option on a SYN in reverse, null before and when its length is not 4",
  );
}

/** For SYNs only, with their options read. */
export function update(at: usize, reverse: bool): void {
  const option = options.mss;
  const state = changetype<State>(at);
  if (option == 0 || (reverse ? state.lengthReverse : state.lengthForward) != 0) return;
  const length = load<u8>(option + 1);
  if (reverse) state.lengthReverse = length;
  else state.lengthForward = length;
  if (length != LENGTH) return;
  state.known |= reverse ? REVERSE : FORWARD;
  if (reverse) state.valueReverse = u16be(option + 2);
  else state.valueForward = u16be(option + 2);
}
