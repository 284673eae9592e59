// Headers of QUIC that need no key: RFC 8999 has what holds for all versions
import { u32be } from "./bytes.ts";

const LONG: u8 = 0x80;
/** Set in versions 1 and 2 (RFC 9000, section 17; RFC 9369), unless both sides agreed to grease it (RFC 9287). */
const FIXED: u8 = 0x40;
const SPIN: u8 = 0x20;
export const VERSION_1: u32 = 1;
export const VERSION_2: u32 = 0x6b33_43cf;
/** Connection IDs of these versions have no more octets (RFC 9000, section 17.2). */
const LONGEST_ID: u8 = 20;

/** What a long header says, after `longHeader`. */
export let version: u32 = 0;
export let destinationLength: u8 = 0;
export let sourceLength: u8 = 0;

/**
 * Reads the long header at the start of a datagram's payload; false when it is none, or of a version
 * that is not known here: any octets may look like a header of some version. `to` is where the
 * captured octets end. Version 0 is a Version Negotiation packet.
 */
export function longHeader(from: usize, to: usize): bool {
  if (from + 7 > to || (load<u8>(from) & LONG) == 0) return false;
  version = u32be(from + 1);
  if (!isKnown(version)) return false;
  // A Version Negotiation packet may have any first octet, except its highest bit
  if (version != 0 && (load<u8>(from) & FIXED) == 0) return false;
  destinationLength = load<u8>(from + 5);
  if (destinationLength > LONGEST_ID) return false;
  const source = from + 6 + destinationLength;
  if (source >= to) return false;
  sourceLength = load<u8>(source);
  if (sourceLength > LONGEST_ID || source + 1 + sourceLength > to) return false;
  return version != 0 || offersVersions(source + 1 + sourceLength, to);
}

/**
 * Versions 1 and 2, drafts of version 1 that were deployed, negotiation, and versions that are reserved
 * to force it (RFC 9000, section 15), as who looks for servers does.
 */
function isKnown(version: u32): bool {
  if (version == VERSION_1 || version == VERSION_2 || version == 0) return true;
  return version >= 0xff00_001b && version <= 0xff00_0022 ||
    (version & 0x0f0f_0f0f) == 0x0a0a_0a0a;
}

/** Whether a list of versions has one that is known. */
function offersVersions(from: usize, to: usize): bool {
  for (let at = from; at + 4 <= to; at += 4) {
    const offered = u32be(at);
    if (offered != 0 && isKnown(offered)) return true;
  }
  return false;
}

/** Whether a datagram of a connection begins with a short header. */
export function isShort(first: u8): bool {
  return (first & (LONG | FIXED)) == FIXED;
}

/** The latency spin bit of a short header (RFC 9000, section 17.4). */
export function spin(first: u8): bool {
  return (first & SPIN) != 0;
}
