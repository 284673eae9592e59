import { Packet } from "../packet.ts";
import { identityOf } from "./encapsulations.ts";
import { hash } from "./hash.ts";

/** The canonical 5-tuple, and what is around it: the same for both directions. Laid out as the start of `Flow`. */
@unmanaged
export class Key {
  low0: u64;
  low1: u64;
  high0: u64;
  high1: u64;
  lowPort: u16;
  highPort: u16;
  protocol: u8;
  version: u8;
  encapsulation: u16;
  hash: u32;
  /** Whether the packet's source is the lower endpoint. */
  sourceIsLow: bool;
}

/** The key at hand. */
export const key = changetype<Key>(memory.data(48, 16));

/** Makes `key` from a packet's addresses, ports, protocol and what is around it. */
export function keyOf(packet: Packet): void {
  let source0: u64, source1: u64, destination0: u64, destination1: u64;
  if (packet.version == 4) {
    source0 = load<u32>(packet.source);
    source1 = 0;
    destination0 = load<u32>(packet.destination);
    destination1 = 0;
  } else {
    source0 = load<u64>(packet.source);
    source1 = load<u64>(packet.source, 8);
    destination0 = load<u64>(packet.destination);
    destination1 = load<u64>(packet.destination, 8);
  }
  const sourcePort = u64(packet.sourcePort), destinationPort = u64(packet.destinationPort);
  const sourceIsLow = source0 != destination0
    ? source0 < destination0
    : source1 != destination1
    ? source1 < destination1
    : sourcePort <= destinationPort;
  const low0 = sourceIsLow ? source0 : destination0;
  const low1 = sourceIsLow ? source1 : destination1;
  const high0 = sourceIsLow ? destination0 : source0;
  const high1 = sourceIsLow ? destination1 : source1;
  const lowPort = sourceIsLow ? sourcePort : destinationPort;
  const highPort = sourceIsLow ? destinationPort : sourcePort;
  // Ports, protocol and version at once: what is stored in parts and read whole has to be waited for
  let rest = lowPort | highPort << 16 | u64(packet.protocol) << 32 | u64(packet.version) << 40;
  if (packet.encapsulation != 0) rest |= u64(identityOf(packet.encapsulation)) << 48;
  key.low0 = low0;
  key.low1 = low1;
  key.high0 = high0;
  key.high1 = high1;
  store<u64>(changetype<usize>(key), rest, offsetof<Key>("lowPort"));
  key.hash = hash(low0, low1, high0, high1, rest);
  key.sourceIsLow = sourceIsLow;
}

/** The hash of the key that a flow begins with. */
export function hashIn(flow: usize): u32 {
  return hash(
    load<u64>(flow),
    load<u64>(flow, 8),
    load<u64>(flow, 16),
    load<u64>(flow, 24),
    load<u64>(flow, 32),
  );
}

/** The list of headers that tells a flow from others with its 5-tuple. */
export function encapsulationOf(flow: usize): u16 {
  return load<u16>(flow, offsetof<Key>("encapsulation"));
}

/** Gives a flow the key at hand. */
export function setKey(flow: usize): void {
  const at = changetype<usize>(key);
  v128.store(flow, v128.load(at));
  v128.store(flow, v128.load(at, 16), 16);
  store<u64>(flow, load<u64>(at, 32), 32);
}

/** Whether a flow has the key at hand. */
export function hasKey(flow: usize): bool {
  const at = changetype<usize>(key);
  return load<u64>(flow) == load<u64>(at) &&
    load<u64>(flow, 16) == load<u64>(at, 16) &&
    load<u64>(flow, 32) == load<u64>(at, 32) &&
    load<u64>(flow, 8) == load<u64>(at, 8) &&
    load<u64>(flow, 24) == load<u64>(at, 24);
}
