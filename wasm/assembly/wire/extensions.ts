// Extension headers of IPv6 (RFC 8200, section 4)
import { u32be } from "./bytes.ts";

export const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
export const FRAGMENT: u8 = 44;
export const AUTHENTICATION: u8 = 51;
const DESTINATION_OPTIONS: u8 = 60;
const MOBILITY: u8 = 135;
const HOST_IDENTITY: u8 = 139;
const SHIM6: u8 = 140;

/** Octets of the shortest one. */
export const LEAST: usize = 8;

/** More do not fit into a packet that is no jumbogram; of one, those behind them are not noted. */
const MOST: usize = 8192;

// Those of the packet that was read last, two words each: the place; protocol, and length in the upper
// half. Views in JavaScript read them too (see inspect.ts).
const table: usize = memory.data(65536, 8);
let noted: usize = 0;

/** Whether a protocol number is that of an extension header. */
export function isExtension(protocol: u8): bool {
  return protocol == HOP_BY_HOP || protocol == ROUTING || protocol == FRAGMENT ||
    protocol == AUTHENTICATION || protocol == DESTINATION_OPTIONS || protocol == MOBILITY ||
    protocol == HOST_IDENTITY || protocol == SHIM6;
}

/** Octets of an extension header whose first ones are there. */
export function extensionLength(protocol: u8, at: usize): usize {
  if (protocol == FRAGMENT) return LEAST;
  const units: usize = load<u8>(at + 1);
  return protocol == AUTHENTICATION ? (units + 2) << 2 : (units + 1) << 3;
}

// Options of a hop-by-hop header (RFC 8200, section 4.2)
const PAD_1: u8 = 0;
const JUMBO_PAYLOAD: u8 = 0xc2;
const JUMBO_OCTETS: u8 = 4;

/** What the jumbo payload option of a hop-by-hop header says, 0 without a right one that was captured (RFC 2675, section 2). */
export function jumboLength(at: usize, captured: usize): u32 {
  if (at + LEAST > captured) return 0;
  const end = min(captured, at + extensionLength(HOP_BY_HOP, at));
  let option = at + 2;
  while (option < end) {
    const type = load<u8>(option);
    if (type == PAD_1) {
      option++;
      continue;
    }
    if (option + 2 > end) return 0;
    const octets = load<u8>(option + 1);
    if (type == JUMBO_PAYLOAD) {
      if (octets != JUMBO_OCTETS || option + 6 > end) return 0;
      const length = u32be(option + 2);
      // Less would fit into the header's own field
      return length > 0xffff ? length : 0;
    }
    option += 2 + usize(octets);
  }
  return 0;
}

/** Begins another packet. */
export function forgetExtensions(): void {
  noted = 0;
}

/** Notes one that is whole. */
export function noteExtension(protocol: u8, at: usize, length: usize): void {
  if (noted == MOST) return;
  const entry = table + (noted++ << 3);
  store<u32>(entry, at);
  store<u32>(entry, u32(protocol) | u32(length) << 16, 4);
}

/** How many were noted of the packet that was read last. */
export function extensions(): usize {
  return noted;
}

/** Address of the table of those. */
export function extensionsAt(): usize {
  return table;
}
