import { annex } from "../flow/annex.ts";
import { integer, optionalTime } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { PROTOCOL, SYN } from "../wire/tcp.ts";

/** Kept of each direction. */
@unmanaged
class Side {
  /** Time of the first packet with CE, nanoseconds since 1970. */
  ceTime: u64;
  ect1: u32;
  ect0: u32;
  ce: u32;
  ece: u32;
  cwr: u32;
  /** Not 0 when there was a CE. */
  known: u8;
  padding: u8;
  padding2: u16;
}

const REVERSE: usize = offsetof<Side>();
const ECE: u16 = 0x40;
const CWR: u16 = 0x80;

export const NAME = "ecnx";
export const SUMMARY = "ECN in detail: packets by codepoint, and its echoes in TCP (RFC 3168)";
export const ANNEX: usize = 2 * offsetof<Side>();

export function declare(): void {
  integer("ecnx_ect0_fwd", offsetof<Side>("ect0"), 4, "packets forward with ECT(0)");
  integer("ecnx_ect1_fwd", offsetof<Side>("ect1"), 4, "packets forward with ECT(1)");
  integer("ecnx_ce_fwd", offsetof<Side>("ce"), 4, "packets forward with CE");
  optionalTime(
    "ecnx_ce_time_fwd",
    offsetof<Side>("ceTime"),
    offsetof<Side>("known"),
    1,
    "time of the first packet forward with CE, seconds since 1970, null without",
  );
  integer(
    "ecnx_ece_fwd",
    offsetof<Side>("ece"),
    4,
    "TCP segments forward with ECE and without SYN",
  );
  integer(
    "ecnx_cwr_fwd",
    offsetof<Side>("cwr"),
    4,
    "TCP segments forward with CWR and without SYN",
  );
  integer("ecnx_ect0_rev", REVERSE + offsetof<Side>("ect0"), 4, "packets in reverse with ECT(0)");
  integer("ecnx_ect1_rev", REVERSE + offsetof<Side>("ect1"), 4, "packets in reverse with ECT(1)");
  integer("ecnx_ce_rev", REVERSE + offsetof<Side>("ce"), 4, "packets in reverse with CE");
  optionalTime(
    "ecnx_ce_time_rev",
    REVERSE + offsetof<Side>("ceTime"),
    REVERSE + offsetof<Side>("known"),
    1,
    "time of the first packet in reverse with CE, seconds since 1970, null without",
  );
  integer(
    "ecnx_ece_rev",
    REVERSE + offsetof<Side>("ece"),
    4,
    "TCP segments in reverse with ECE and without SYN",
  );
  integer(
    "ecnx_cwr_rev",
    REVERSE + offsetof<Side>("cwr"),
    4,
    "TCP segments in reverse with CWR and without SYN",
  );
}

/** For every packet. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const codepoint = packet.trafficClass & 3;
  const isTcp = packet.protocol == PROTOCOL && packet.transport != 0;
  const flags: u16 = isTcp && (packet.flags & SYN) == 0 ? packet.flags & (ECE | CWR) : 0;
  if (codepoint == 0 && flags == 0) return;
  const part = annex(at, ANNEX);
  if (part == 0) return;
  const side = changetype<Side>(part + (reverse ? REVERSE : 0));
  if (codepoint == 1) side.ect1++;
  else if (codepoint == 2) side.ect0++;
  else if (codepoint == 3) {
    if (side.ce++ == 0) side.ceTime = packet.time;
    side.known = 1;
  }
  if (flags & ECE) side.ece++;
  if (flags & CWR) side.cwr++;
}
