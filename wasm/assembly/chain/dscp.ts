import { optionalBits } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { carriesData, isSyn } from "../wire/tcp.ts";

/** Kept a flow: marks in the lower six bits, and SEEN, since 0 is a mark too. */
@unmanaged
class State {
  synForward: u8;
  dataForward: u8;
  synReverse: u8;
  dataReverse: u8;
}

const SEEN: u8 = 0x80;
const MARK: u8 = 0x3f;

export const NAME = "dscp";
export const SUMMARY = "Differentiated services codepoint of the IP header (RFC 2474, section 3)";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  optionalBits(
    "dscp_mark_syn_fwd",
    offsetof<State>("synForward"),
    MARK,
    SEEN,
    "DSCP of the first SYN forward, null before",
  );
  optionalBits(
    "dscp_mark_data_fwd",
    offsetof<State>("dataForward"),
    MARK,
    SEEN,
    "DSCP of the first packet forward that carries data or is not TCP, null before",
  );
  optionalBits(
    "dscp_mark_syn_rev",
    offsetof<State>("synReverse"),
    MARK,
    SEEN,
    "DSCP of the first SYN in reverse, null before",
  );
  optionalBits(
    "dscp_mark_data_rev",
    offsetof<State>("dataReverse"),
    MARK,
    SEEN,
    "DSCP of the first packet in reverse that carries data or is not TCP, null before",
  );
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  const syn = isSyn(packet);
  const place = at + (reverse ? 2 : 0) + (syn ? 0 : 1);
  if (load<u8>(place) != 0 || !(syn || carriesData(packet))) return;
  store<u8>(place, SEEN | (packet.trafficClass >> 2));
}
