// What stands in front of IEEE 802.11 in captures: https://www.radiotap.org, and Prism's header
import { BAD, SHORT } from "../../packet.ts";
import { NOT_IP } from "../encap/step.ts";
import { u32be } from "../bytes.ts";
import { frame, wireless } from "./wireless.ts";

/** Octets of version, padding, length and the first word of what is present. */
const RADIOTAP: usize = 8;
const LENGTH: usize = 2;
const PRESENT: usize = 4;
const TIME: u32 = 1;
const FLAGS: u32 = 2;
/** Another word of what is present follows. */
const MORE: u32 = 0x8000_0000;
/** The header of the frame is padded to a multiple of four octets. */
const PADDED: u8 = 0x20;
/** Its checksum is wrong: no octet of it can be believed. */
const DAMAGED: u8 = 0x40;

/** A frame behind a radiotap header, with numbers in little-endian order. */
export function radiotap(at: usize, end: usize): i32 {
  if (at + RADIOTAP > end) return SHORT;
  if (load<u8>(at) != 0) return NOT_IP;
  const length: usize = load<u16>(at, LENGTH);
  if (length < RADIOTAP) return BAD;
  const next = at + length;
  if (next > end) return SHORT;
  const present = load<u32>(at, PRESENT);
  if ((present & FLAGS) == 0) return wireless(next, end);
  let field: usize = PRESENT;
  while (load<u32>(at + field) & MORE) {
    field += 4;
    if (field + 4 > length) return BAD;
  }
  field += 4;
  // Times are aligned to their own length, counted from the header's begin
  if (present & TIME) field = ((field + 7) & ~7) + 8;
  if (field >= length) return BAD;
  const flags = load<u8>(at + field);
  return flags & DAMAGED ? BAD : frame(next, end, (flags & PADDED) != 0);
}

/** Octets of a message's code and length. */
const PRISM: usize = 8;
/** Cookie of the AVS header, which some drivers give in place of Prism's; its length follows too. */
const AVS: u32 = 0x8021_1001;

/** A frame behind a header of Prism, in the byte order of the host that captured, or of AVS. */
export function prism(at: usize, end: usize): i32 {
  if (at + PRISM > end) return SHORT;
  const raw = load<u32>(at, 4);
  const length: usize = u32be(at) == AVS || raw > 0xffff ? bswap<u32>(raw) : raw;
  if (length < PRISM) return BAD;
  return length > end - at ? SHORT : wireless(at + length, end);
}
