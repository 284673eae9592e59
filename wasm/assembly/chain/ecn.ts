import { flagOf } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isSyn } from "../wire/tcp.ts";

/** Kept a flow: of each direction one bit a codepoint that was seen on a SYN, and above them on another packet. */
@unmanaged
class State {
  forward: u8;
  reverse: u8;
}

const ECT1: u8 = 1;
const ECT0: u8 = 2;
const CE: u8 = 4;
/** How much higher the bits of other packets are. */
const DATA: u8 = 3;

export const NAME = "ecn";
export const SUMMARY = "ECN field of the IP header (RFC 3168, section 5)";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  const forward = offsetof<State>("forward");
  const reverse = offsetof<State>("reverse");
  flagOf("ecn_ect0_syn_fwd", forward, ECT0, "ECT(0) was seen on a SYN forward");
  flagOf("ecn_ect1_syn_fwd", forward, ECT1, "ECT(1) was seen on a SYN forward");
  flagOf("ecn_ce_syn_fwd", forward, CE, "CE was seen on a SYN forward");
  flagOf("ecn_ect0_data_fwd", forward, ECT0 << DATA, "ECT(0) was seen on another packet forward");
  flagOf("ecn_ect1_data_fwd", forward, ECT1 << DATA, "ECT(1) was seen on another packet forward");
  flagOf("ecn_ce_data_fwd", forward, CE << DATA, "CE was seen on another packet forward");
  flagOf("ecn_ect0_syn_rev", reverse, ECT0, "ECT(0) was seen on a SYN in reverse");
  flagOf("ecn_ect1_syn_rev", reverse, ECT1, "ECT(1) was seen on a SYN in reverse");
  flagOf("ecn_ce_syn_rev", reverse, CE, "CE was seen on a SYN in reverse");
  flagOf(
    "ecn_ect0_data_rev",
    reverse,
    ECT0 << DATA,
    "ECT(0) was seen on another packet in reverse",
  );
  flagOf(
    "ecn_ect1_data_rev",
    reverse,
    ECT1 << DATA,
    "ECT(1) was seen on another packet in reverse",
  );
  flagOf("ecn_ce_data_rev", reverse, CE << DATA, "CE was seen on another packet in reverse");
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  const field = packet.trafficClass & 3;
  if (field == 0) return;
  // The codepoints 1, 2, 3 become the bits 1, 2, 4
  const place = at + (reverse ? 1 : 0);
  store<u8>(place, load<u8>(place) | (<u8> 1 << (field - 1 + (isSyn(packet) ? 0 : DATA))));
}
