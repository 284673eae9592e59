// IEEE 802.11, clause 9.2
import { SHORT } from "../../packet.ts";
import { goOn, LLC, NOT_IP } from "../encap/step.ts";

/** Octets of frame control, duration, three addresses and sequence control. */
const HEADER: usize = 24;
const ADDRESS: usize = 6;
const SEQUENCE: usize = 22;

// In the first octet: version, type and subtype
const VERSION_AND_TYPE: u8 = 0x0f;
const DATA: u8 = 0x08;
/** Of data frames: there is none in it. */
const NO_DATA: u8 = 0x40;
const QOS: u8 = 0x80;

// In the second one
const BOTH_SYSTEMS: u8 = 0x03;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;

/** In the first octet of QoS control: several frames in one. */
const AGGREGATE: u8 = 0x80;
const QOS_CONTROL: usize = 2;
const HIGH_THROUGHPUT_CONTROL: usize = 4;
const FRAGMENT: u8 = 0x0f;

/** A frame without padding between its header and its content. */
export function wireless(at: usize, end: usize): i32 {
  return frame(at, end, false);
}

/**
 * A data frame. What is protected cannot be read; of what is cut into fragments the first one has
 * the header; several frames in one are none that can be counted as one packet.
 *
 * @param padded whether the header is padded to a multiple of four octets
 */
export function frame(at: usize, end: usize, padded: bool): i32 {
  if (at + 2 > end) return SHORT;
  const first = load<u8>(at);
  const second = load<u8>(at, 1);
  if ((first & VERSION_AND_TYPE) != DATA || (first & NO_DATA) != 0 || (second & PROTECTED) != 0) {
    return NOT_IP;
  }
  let length = HEADER;
  if ((second & BOTH_SYSTEMS) == BOTH_SYSTEMS) length += ADDRESS;
  const control = at + length;
  if (first & QOS) {
    length += QOS_CONTROL;
    if (second & ORDER) length += HIGH_THROUGHPUT_CONTROL;
  }
  if (at + length > end) return SHORT;
  if ((load<u8>(at + SEQUENCE) & FRAGMENT) != 0) return NOT_IP;
  if ((first & QOS) != 0 && (load<u8>(control) & AGGREGATE) != 0) return NOT_IP;
  if (padded) length = (length + 3) & ~3;
  return goOn(LLC, at + length);
}
