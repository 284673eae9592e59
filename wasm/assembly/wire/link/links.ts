import { u16be } from "../bytes.ts";
import { ethernet } from "../encap/ethernet.ts";
import { pppoe } from "../encap/pppoe.ts";
import {
  eitherVersion,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  NOT_IP,
  ON,
  version,
} from "../encap/step.ts";
import { walk } from "../encap/walk.ts";
import { cooked, cooked2 } from "./cooked.ts";
import { frameRelay } from "./frame_relay.ts";
import { ciscoHdlc, pppSerial } from "./hdlc.ts";
import { ipnet } from "./ipnet.ts";
import { loopback } from "./loopback.ts";
import { nflog } from "./nflog.ts";
import { packetTap, tappedPlace, tappedType } from "./packet_tap.ts";
import { broadcom, broadcomInFront, marvell, marvellTyped } from "./switch_tag.ts";
import { wireless } from "./wireless.ts";
import { prism, radiotap } from "./wireless_capture.ts";

// Values of pcap_datalink(3), https://www.tcpdump.org/linktypes.html
const EN10MB: i32 = 1;
const PKTAP: i32 = 258;

/** Frames of this type cannot be read. */
const UNKNOWN: i32 = -1;

/** Whether frames of a link type can be read. */
export function knowsLink(type: i32): bool {
  // Of no octets a reader says that they are too few
  return type == PKTAP || begin(type, 0, 0) != UNKNOWN;
}

/** Finds the IP header of a frame: OK and `network`, or why there is none. */
export function link(type: i32, at: usize, end: usize): i32 {
  if (type == EN10MB && at + 14 < end) {
    const next: u32 = u16be(at + 12);
    if (next == ETHERTYPE_IPV4) return version(at + 14, end, 4);
    if (next == ETHERTYPE_IPV6) return version(at + 14, end, 6);
  }
  const status = type == PKTAP ? tapped(at, end) : begin(type, at, end);
  return status == ON ? walk(end) : status;
}

/** What was tapped has a link type of its own, and was not tapped before. */
function tapped(at: usize, end: usize): i32 {
  const status = packetTap(at, end);
  if (status != ON) return status;
  const inner = begin(tappedType, tappedPlace, end);
  return inner == UNKNOWN ? NOT_IP : inner;
}

/** The registry of link types. */
function begin(type: i32, at: usize, end: usize): i32 {
  switch (type) {
    case EN10MB:
      return ethernet(at, end);
    case 0: // NULL
    case 108: // LOOP
      return loopback(at, end);
    case 9: // PPP; captures of Cisco's serial lines have it too
    case 50: // PPP_SERIAL
      return pppSerial(at, end);
    case 12: // RAW as Linux numbers it
    case 101:
      return eitherVersion(at, end);
    case 51: // PPP_ETHER
      return pppoe(at, end);
    case 104: // C_HDLC
      return ciscoHdlc(at, end);
    case 105: // IEEE802_11
      return wireless(at, end);
    case 107: // FRELAY
      return frameRelay(at, end);
    case 113: // LINUX_SLL
      return cooked(at, end);
    case 119: // PRISM_HEADER
      return prism(at, end);
    case 127: // IEEE802_11_RADIO
      return radiotap(at, end);
    case 226: // IPNET
      return ipnet(at, end);
    case 228: // IPV4
      return version(at, end, 4);
    case 229: // IPV6
      return version(at, end, 6);
    case 239: // NFLOG
      return nflog(at, end);
    case 276: // LINUX_SLL2
      return cooked2(at, end);
    case 281: // DSA_TAG_BRCM
      return broadcom(at, end);
    case 282: // DSA_TAG_BRCM_PREPEND
      return broadcomInFront(at, end);
    case 284: // DSA_TAG_DSA
      return marvell(at, end);
    case 285: // DSA_TAG_EDSA
      return marvellTyped(at, end);
  }
  return UNKNOWN;
}
