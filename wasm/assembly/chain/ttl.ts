import { optional } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { timeToLive } from "../wire/ipv4.ts";
import { hopLimit } from "../wire/ipv6.ts";

/** Kept a flow; 0 while no packet was seen, as one that arrives has more. */
@unmanaged
class State {
  forward: u8;
  reverse: u8;
}

export const NAME = "ttl";
export const SUMMARY = "Least time to live or hop limit of the IP header (RFC 791, RFC 8200)";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  const forward = offsetof<State>("forward");
  const reverse = offsetof<State>("reverse");
  optional("ttl_least_fwd", forward, 1, forward, 0xff, "least of the packets forward");
  optional("ttl_least_rev", reverse, 1, reverse, 0xff, "least of those in reverse, null before");
}

export function update(at: usize, packet: Packet, reverse: bool): void {
  const value = packet.version == 4 ? timeToLive(packet.ip) : hopLimit(packet.ip);
  const place = at + (reverse ? 1 : 0);
  const least = load<u8>(place);
  if (least == 0 || value < least) store<u8>(place, value);
}
