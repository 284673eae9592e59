import { Descriptor, fill, WHOLE } from "./describe.ts";
import { OK, Packet } from "./packet.ts";
import { ipv4 } from "./wire/ipv4.ts";
import { HEADER, ipv6 } from "./wire/ipv6.ts";
import { optionsAt, walked, walkOptions } from "./wire/options.ts";
import { extensions, extensionsAt } from "./wire/extensions.ts";
import { isErrorType } from "./wire/icmp.ts";
import { transport } from "./wire/transport.ts";

// What a descriptor does not say, since few chains in JavaScript ask for it: the packet that an ICMP
// error quotes, extension headers, options. Their views have it read here when they are asked, by the
// code that dissects packets.

export { extensions, extensionsAt, isErrorType, optionsAt };

const packet = changetype<Packet>(memory.data(48, 16));
const descriptor = changetype<Descriptor>(memory.data(offsetof<Descriptor>(), 8));

/** Where `inspect` describes a packet, which has neither time nor flow there. */
export function inspectedAt(): usize {
  return changetype<usize>(descriptor);
}

/**
 * Describes the packet between two places, and notes its extension headers. False when its IP header
 * is truncated or inconsistent; a truncated extension header leaves it without a transport.
 */
export function inspect(from: usize, end: usize): bool {
  if (from >= end) return false;
  const onWire = u32(end - from);
  const version = load<u8>(from) >> 4;
  if (version == 4) {
    if (ipv4(from, end, onWire, packet) != OK) return false;
  } else if (version == 6) {
    if (from + HEADER > end) return false;
    ipv6(from, end, onWire, packet);
  } else return false;
  const at = packet.transport;
  const isWhole = at != 0 && transport(packet) == OK;
  // Also where it is not whole, a view says as much of it as is there
  packet.transport = at;
  fill(descriptor, packet, isWhole ? WHOLE : 0);
  return true;
}

/** Walks the options between two places (see `walkOptions`); how many there are. */
export function options(from: usize, end: usize, header: usize): usize {
  walkOptions(from, end, header);
  return walked;
}
