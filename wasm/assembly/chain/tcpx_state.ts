import {
  flagOf,
  integer,
  liesInOwn,
  liesInPartOf,
  optional,
  optionalKinds,
} from "../output/field.ts";
import * as mss from "./mss.ts";

/** Kept a flow. */
@unmanaged
export class State {
  /** Option kinds as wire/tcp_options.ts packs them; 0 while they are not known. */
  kindsForward: u64;
  kindsReverse: u64;
  /** TSval of the first SYN, of the first with other flags, and of the last; 0 without the option. */
  firstTimestamp: u32;
  differedTimestamp: u32;
  lastTimestamp: u32;
  /** Microseconds: before the answer when the last SYN was sent (modulo 2^32), then the round trip. */
  sentOrRoundTrip: u32;
  /** The sequence number behind all that was seen in reverse. */
  nextReverse: u32;
  // From here on fields of the record that stand side by side lie within eight octets of each
  // other, so that output/segment.ts can keep their text
  syns: u16;
  synAcks: u16;
  /** Flags of the last SYN, and from the answer on of the one that was answered. */
  answeredFlags: u16;
  marks: u8;
  known: u8;
  /** Flags of the first SYN, and above them CHANGED_AGAIN. */
  firstFlags: u16;
  scaleForward: u8;
  scaleReverse: u8;
  timeToLiveForward: u8;
  timeToLiveReverse: u8;
  windowForward: u16;
  windowReverse: u16;
}

/** Octets of a count of payload: a year at 18 Gbit/s. Behind the rest that forward, then that in reverse. */
export const PAYLOAD: u8 = 7;
export const PAYLOAD_FORWARD: usize = offsetof<State>();
export const PAYLOAD_REVERSE: usize = PAYLOAD_FORWARD + PAYLOAD;

/** Bits of `known`; those of the reverse direction are one higher. */
export const TIME_TO_LIVE: u8 = 1;
export const WINDOW: u8 = 4;
export const SCALE: u8 = 16;
/** Something was seen in reverse, and something of it was missing before it. */
export const SEEN_REVERSE: u8 = 64;
export const GAP_REVERSE: u8 = 128;

/** The flags of SYNs changed more than once: an echo between the first change and the last SYN names none of them. */
export const CHANGED_AGAIN: u16 = 0x8000;

/** Bits of `marks`. */
export const ANSWERED: u8 = 1;
export const ROUND_TRIP: u8 = 2;
export const DIFFERED: u8 = 4;
/** The first SYN began the flow, so that it was sent at the flow's first time. */
export const FIRST_BEGAN: u8 = 8;
/** A later SYN has the timestamp of the first, or that of the SYN before it. */
export const FIRST_REPEATED: u8 = 16;
export const LAST_REPEATED: u8 = 32;
/** The capture may have cut off the timestamps of a SYN. */
export const UNSURE: u8 = 64;
/** A SYN-ACK acknowledged what was sent. */
export const ACKED: u8 = 128;

/** Declares the fields. The MSS values lie in the part of the chain mss. */
export function declare(): void {
  const known = offsetof<State>("known");
  const marks = offsetof<State>("marks");
  integer(
    "tcpx_syn_fwd",
    offsetof<State>("syns"),
    2,
    "SYNs forward, until a SYN-ACK after which none is sent",
  );
  integer("tcpx_synack_rev", offsetof<State>("synAcks"), 2, "SYN-ACKs in reverse");
  flagOf(
    "tcpx_syn_acked",
    marks,
    ACKED,
    "a SYN-ACK acknowledged the first SYN, or what it carried too",
  );
  flagOf(
    "tcpx_syn_differed",
    marks,
    DIFFERED,
    "a SYN was sent again with other flags, as in the fallback of RFC 3168, section 6.1.1.1",
  );
  optional(
    "tcpx_synflags_answered",
    offsetof<State>("answeredFlags"),
    2,
    marks,
    ANSWERED,
    "the nine TCP flags of the SYN that was answered: by the first SYN-ACK after which none was sent again; null without, and when it is unknown which SYN that was",
  );
  optional(
    "tcpx_rtt_us",
    offsetof<State>("sentOrRoundTrip"),
    4,
    marks,
    ROUND_TRIP,
    "microseconds from the SYN that was answered to the first SYN-ACK, null when it is unknown which SYN that was",
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
  liesInPartOf(mss.NAME);
  mss.declareValues("tcpx_mss_fwd", "tcpx_mss_rev");
  liesInOwn();
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
  flagOf(
    "tcpx_gap_rev",
    known,
    GAP_REVERSE,
    "a segment in reverse came before what precedes it, which was reordered or lost on its way",
  );
  integer(
    "tcpx_payload_fwd",
    PAYLOAD_FORWARD,
    PAYLOAD,
    "octets of payload forward, those sent again included",
  );
  integer(
    "tcpx_payload_rev",
    PAYLOAD_REVERSE,
    PAYLOAD,
    "octets of payload in reverse, those sent again included",
  );
}
