import { optionalFlag } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { hasChecksum } from "../wire/udp.ts";

// Kept a flow: one octet. Whether the last datagram had no checksum, and whether there was one.
const ZERO_FORWARD: u8 = 1;
const ZERO_REVERSE: u8 = 2;
const KNOWN: u8 = 2;

export const NAME = "udp";
export const SUMMARY = "UDP datagrams without a checksum (RFC 768, RFC 6935)";
export const SIZE: usize = 1;

export function declare(): void {
  optionalFlag(
    "udp_zero_checksum_fwd",
    0,
    ZERO_FORWARD,
    ZERO_FORWARD << KNOWN,
    "the last datagram forward had checksum 0, which means none; null before",
  );
  optionalFlag(
    "udp_zero_checksum_rev",
    0,
    ZERO_REVERSE,
    ZERO_REVERSE << KNOWN,
    "the last datagram in reverse had checksum 0, which means none; null before",
  );
}

/** For UDP datagrams only. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const bit: u8 = reverse ? ZERO_REVERSE : ZERO_FORWARD;
  const others = load<u8>(at) & ~bit;
  store<u8>(at, others | (bit << KNOWN) | (hasChecksum(packet.transport) ? 0 : bit));
}
