import { flagOf } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isSyn } from "../wire/tcp.ts";

/** Kept a flow: one bit a codepoint (1 ECT(1), 2 ECT(0), 4 CE) for each kind and direction. */
@unmanaged
class State {
  synForward: u8;
  dataForward: u8;
  synReverse: u8;
  dataReverse: u8;
}

const ECT1: u8 = 1;
const ECT0: u8 = 2;
const CE: u8 = 4;

export const NAME = "ecn";
export const SUMMARY = "ECN field of the IP header (RFC 3168, section 5)";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  const synForward = offsetof<State>("synForward");
  const dataForward = offsetof<State>("dataForward");
  const synReverse = offsetof<State>("synReverse");
  const dataReverse = offsetof<State>("dataReverse");
  flagOf("ecn_ect0_syn_fwd", synForward, ECT0, "ECT(0) was seen on a SYN forward");
  flagOf("ecn_ect1_syn_fwd", synForward, ECT1, "ECT(1) was seen on a SYN forward");
  flagOf("ecn_ce_syn_fwd", synForward, CE, "CE was seen on a SYN forward");
  flagOf("ecn_ect0_data_fwd", dataForward, ECT0, "ECT(0) was seen on another packet forward");
  flagOf("ecn_ect1_data_fwd", dataForward, ECT1, "ECT(1) was seen on another packet forward");
  flagOf("ecn_ce_data_fwd", dataForward, CE, "CE was seen on another packet forward");
  flagOf("ecn_ect0_syn_rev", synReverse, ECT0, "ECT(0) was seen on a SYN in reverse");
  flagOf("ecn_ect1_syn_rev", synReverse, ECT1, "ECT(1) was seen on a SYN in reverse");
  flagOf("ecn_ce_syn_rev", synReverse, CE, "CE was seen on a SYN in reverse");
  flagOf("ecn_ect0_data_rev", dataReverse, ECT0, "ECT(0) was seen on another packet in reverse");
  flagOf("ecn_ect1_data_rev", dataReverse, ECT1, "ECT(1) was seen on another packet in reverse");
  flagOf("ecn_ce_data_rev", dataReverse, CE, "CE was seen on another packet in reverse");
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  const field = packet.trafficClass & 3;
  if (field == 0) return;
  // The codepoints 1, 2, 3 become the bits 1, 2, 4
  const place = at + (reverse ? 2 : 0) + (isSyn(packet) ? 0 : 1);
  store<u8>(place, load<u8>(place) | (<u8> 1 << (field - 1)));
}
