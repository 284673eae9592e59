import { ANSWERED, Flow, PAYLOAD_REVERSE } from "../flow/flow.ts";
import { flagOf, liesInFlow } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isResponse, isResponseOverTcp } from "../wire/dns.ts";
import * as tcp from "../wire/tcp.ts";
import * as udp from "../wire/udp.ts";

export const NAME = "dns";
export const SUMMARY = "DNS responses (RFC 1035, section 4)";
export const ENDS = "the first valid response";
/** What it keeps stands in the flow itself, where two bits are free. */
export const SIZE: usize = 0;

export function declare(): void {
  liesInFlow();
  flagOf(
    "dns_response_valid",
    offsetof<Flow>("ends"),
    ANSWERED,
    "a valid DNS response came in reverse",
  );
}

/** Whether it is a valid response. */
export function update(flow: Flow, packet: Packet, reverse: bool): bool {
  if (!reverse) return false;
  let valid = false;
  if (packet.protocol == udp.PROTOCOL) {
    const payload = udp.payload(packet);
    valid = isResponse(payload, packet.end, udp.payloadLength(packet));
  } else if (packet.protocol == tcp.PROTOCOL) {
    const length = tcp.payloadLength(packet);
    if (length == 0 || (flow.marks & PAYLOAD_REVERSE) != 0) return false;
    // What comes later over TCP does not begin a message
    flow.marks |= PAYLOAD_REVERSE;
    valid = isResponseOverTcp(tcp.payload(packet), packet.end);
  }
  if (!valid) return false;
  flow.ends |= ANSWERED;
  return true;
}
