import { Packet } from "../packet.ts";
import { hash } from "./hash.ts";

/** The canonical 5-tuple: the same for both directions. Laid out as the start of `Flow`. */
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
  padding: u16;
  hash: u32;
  /** Whether the packet's source is the lower endpoint. */
  sourceIsLow: bool;
}

/** The key of a packet, as `keyOf` made it. */
export function keyIn(packet: Packet): Key {
  return changetype<Key>(changetype<usize>(packet) + offsetof<Packet>());
}

/** Makes a packet's key from its addresses, ports and protocol. */
export function keyOf(packet: Packet): Key {
  const key = keyIn(packet);
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
  const sourceIsLow = source0 != destination0
    ? source0 < destination0
    : source1 != destination1
    ? source1 < destination1
    : packet.sourcePort <= packet.destinationPort;
  key.sourceIsLow = sourceIsLow;
  if (sourceIsLow) {
    key.low0 = source0;
    key.low1 = source1;
    key.high0 = destination0;
    key.high1 = destination1;
    key.lowPort = packet.sourcePort;
    key.highPort = packet.destinationPort;
  } else {
    key.low0 = destination0;
    key.low1 = destination1;
    key.high0 = source0;
    key.high1 = source1;
    key.lowPort = packet.destinationPort;
    key.highPort = packet.sourcePort;
  }
  key.protocol = packet.protocol;
  key.version = packet.version;
  key.hash = hash(changetype<usize>(key));
  return key;
}

/** Whether a flow has a key. */
export function hasKey(flow: usize, key: Key): bool {
  const at = changetype<usize>(key);
  return load<u64>(flow) == load<u64>(at) &&
    load<u64>(flow, 16) == load<u64>(at, 16) &&
    load<u64>(flow, 32) == load<u64>(at, 32) &&
    load<u64>(flow, 8) == load<u64>(at, 8) &&
    load<u64>(flow, 24) == load<u64>(at, 24);
}
