// IEEE 802.2, and SNAP (RFC 1042)
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, goOn, NOT_IP, PPP, TRANSPARENT_BRIDGING } from "./step.ts";

const UNNUMBERED: u8 = 3;
/** Octets of two service access points and an unnumbered control field. */
const HEADER: usize = 3;
const SAP_IP: u8 = 0x06;
const SAP_SNAP: u8 = 0xaa;
const SAP_NETWORK: u8 = 0xfe;

/** Octets of organisation and protocol. */
const SNAP: usize = 5;
const ENCAPSULATED_ETHERNET: u32 = 0;
/** Tunnelled AppleTalk and IPX (RFC 1042 has 0 alone; IEEE 802.1H). */
const BRIDGE_TUNNEL: u32 = 0xf8;
/** Bridged frames (RFC 2427, section 4.2; RFC 2684, section 5.2). */
const BRIDGED: u32 = 0x80c2;

/** A header of LLC of type 1. */
export function llc(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  const sap = load<u8>(at);
  if (load<u8>(at, 1) != sap || load<u8>(at, 2) != UNNUMBERED) return NOT_IP;
  if (sap == SAP_SNAP) return snap(at + HEADER, end);
  if (sap == SAP_IP) return goOn(ETHERTYPE_IPV4, at + HEADER);
  return sap == SAP_NETWORK ? networkProtocol(at + HEADER, end) : NOT_IP;
}

/** Organisation and protocol, behind LLC. */
export function snap(at: usize, end: usize): i32 {
  if (at + SNAP > end) return SHORT;
  const organisation = u32(load<u8>(at)) << 16 | u32(u16be(at + 1));
  const type = u16be(at + 3);
  if (organisation == ENCAPSULATED_ETHERNET || organisation == BRIDGE_TUNNEL) {
    return goOn(type, at + SNAP);
  }
  // With its checksum and without
  if (organisation == BRIDGED && (type == 1 || type == 7)) {
    return goOn(TRANSPARENT_BRIDGING, at + SNAP);
  }
  return NOT_IP;
}

/** A network layer protocol identifier (ISO/IEC TR 9577; RFC 2427, section 3). */
export function networkProtocol(at: usize, end: usize): i32 {
  if (at >= end) return SHORT;
  switch (load<u8>(at)) {
    case 0x80:
      return snap(at + 1, end);
    case 0x8e:
      return goOn(ETHERTYPE_IPV6, at + 1);
    case 0xcc:
      return goOn(ETHERTYPE_IPV4, at + 1);
    case 0xcf:
      return goOn(PPP, at + 1);
  }
  return NOT_IP;
}
