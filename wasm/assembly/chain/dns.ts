import { flagOf } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isResponse, isResponseOverTcp } from "../wire/dns.ts";
import * as tcp from "../wire/tcp.ts";
import * as udp from "../wire/udp.ts";

// Kept a flow: one octet.
const VALID: u8 = 1;
/** The first payload in reverse was seen: what comes later over TCP does not begin a message. */
const BEGUN: u8 = 2;

export const NAME = "dns";
export const SUMMARY = "DNS responses (RFC 1035, section 4)";
export const SIZE: usize = 1;

export function declare(): void {
  flagOf("dns_response_valid", 0, VALID, "a valid DNS response came in reverse");
}

/** Completes the flow with the first valid response. */
export function update(at: usize, packet: Packet, reverse: bool): bool {
  if (!reverse) return false;
  let valid = false;
  if (packet.protocol == udp.PROTOCOL) {
    const payload = udp.payload(packet);
    valid = isResponse(payload, packet.end, udp.payloadLength(packet));
  } else if (packet.protocol == tcp.PROTOCOL) {
    const length = tcp.payloadLength(packet);
    if (length == 0 || (load<u8>(at) & BEGUN) != 0) return false;
    store<u8>(at, load<u8>(at) | BEGUN);
    valid = isResponseOverTcp(tcp.payload(packet), packet.end);
  }
  if (!valid) return false;
  store<u8>(at, load<u8>(at) | VALID);
  return true;
}
