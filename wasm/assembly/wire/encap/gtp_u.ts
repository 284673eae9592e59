// 3GPP TS 29.281, sections 5.1 and 5.2
import { Packet, SHORT } from "../../packet.ts";
import { u16be, u32be } from "../bytes.ts";
import { payload, payloadLength } from "../udp.ts";
import { GTP_U } from "./kinds.ts";
import { noteTunnel } from "./layers.ts";
import { eitherVersion, NONE, TOO_DEEP } from "./step.ts";

const HEADER: usize = 8;
const LENGTH: usize = 2;
const ENDPOINT: usize = 4;
/** Version 1, GTP and not GTP', the spare bit 0: what is left are three flags. */
const FIRST: u8 = 0x30;
const FLAGS: u8 = 0x07;
const EXTENDED: u8 = 0x04;
/** A user's packet; every other message is the tunnel's own. */
const PACKET_DATA: u8 = 255;
/** Octets of sequence number, N-PDU number and next extension, which any of the flags brings. */
const OPTIONAL: usize = 4;

/** A user's packet in GTP-U, whose length fills the datagram. */
export function gtpU(packet: Packet): i32 {
  const at = payload(packet);
  const end = packet.end;
  if (at + HEADER > end) return NONE;
  const first = load<u8>(at);
  if ((first & ~FLAGS) != FIRST || load<u8>(at, 1) != PACKET_DATA) return NONE;
  const length = usize(u16be(at + LENGTH)) + HEADER;
  if (length != payloadLength(packet)) return NONE;
  let next = at + HEADER;
  if (first & FLAGS) {
    next += OPTIONAL;
    if (next > at + length) return NONE;
    if (next > end) return SHORT;
    let type = first & EXTENDED ? load<u8>(next - 1) : 0;
    while (type != 0) {
      // In units of four octets, the last of which names the next one
      const units: usize = next < end ? load<u8>(next) : 1;
      next += units << 2;
      if (units == 0 || next > at + length) return NONE;
      if (next > end) return SHORT;
      type = load<u8>(next - 1);
    }
  }
  return noteTunnel(GTP_U, u32be(at + ENDPOINT), packet) ? eitherVersion(next, end) : TOO_DEEP;
}
