import { optionalFlag } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { reserved } from "../wire/ipv4.ts";
import { carriesData, isSyn } from "../wire/tcp.ts";

// Kept a flow: one octet. Of each kind and direction the bit that was seen, and above it whether
// there was a packet to see it on.
const SYN_FORWARD: u8 = 1;
const DATA_FORWARD: u8 = 2;
const SYN_REVERSE: u8 = 4;
const DATA_REVERSE: u8 = 8;
const KNOWN: u8 = 4;

export const NAME = "evil";
export const SUMMARY = "Reserved flag of the IPv4 header, the evil bit (RFC 3514)";
export const SIZE: usize = 1;

export function declare(): void {
  optionalFlag(
    "evilbit_syn_fwd",
    0,
    SYN_FORWARD,
    SYN_FORWARD << KNOWN,
    "the first SYN forward had the bit, null before and with IPv6",
  );
  optionalFlag(
    "evilbit_data_fwd",
    0,
    DATA_FORWARD,
    DATA_FORWARD << KNOWN,
    "the first packet forward that carries data or is not TCP had the bit, null before and with IPv6",
  );
  optionalFlag(
    "evilbit_syn_rev",
    0,
    SYN_REVERSE,
    SYN_REVERSE << KNOWN,
    "the first SYN in reverse had the bit, null before and with IPv6",
  );
  optionalFlag(
    "evilbit_data_rev",
    0,
    DATA_REVERSE,
    DATA_REVERSE << KNOWN,
    "the first packet in reverse that carries data or is not TCP had the bit, null before and with IPv6",
  );
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  if (packet.version != 4) return;
  const syn = isSyn(packet);
  const bit: u8 = reverse ? (syn ? SYN_REVERSE : DATA_REVERSE) : (syn ? SYN_FORWARD : DATA_FORWARD);
  const seen = load<u8>(at);
  if ((seen & (bit << KNOWN)) != 0 || !(syn || carriesData(packet))) return;
  store<u8>(at, seen | (bit << KNOWN) | (reserved(packet.ip) ? bit : 0));
}
