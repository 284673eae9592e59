// Headers around the packet that is counted, from the outermost on: those that say to which network it
// belongs, or through what it is sent.
import { Packet } from "../../packet.ts";

/** Headers that are followed at most. */
const MOST: i32 = 8;

/** One header, laid out as flow/encapsulations.ts keeps it. */
@unmanaged
export class Layer {
  /** The addresses between which a tunnel leads, in a fixed order for both directions; 0 where there are none. */
  low0: u64;
  low1: u64;
  high0: u64;
  high1: u64;
  /** The number that belongs to it: of a VLAN, a label, a key, a session. */
  identifier: u32;
  kind: u8;
  /** IP version of the addresses. */
  version: u8;
  /** Free for the number of the header around it. */
  parent: u16;
}

const layers: usize = memory.data(320, 8);
let on: bool = false;

/** How many there are around the packet at hand. */
export let listed: i32 = 0;

/** Sets whether headers are noted, and tunnels followed. */
export function setFollowing(following: bool): void {
  on = following;
}

/** Whether they are. */
export function isFollowing(): bool {
  return on;
}

export function layerAt(i: i32): Layer {
  return changetype<Layer>(layers + usize(i) * offsetof<Layer>());
}

/** Forgets all but the outermost ones. */
export function keepLayers(count: i32): void {
  listed = count;
}

/** Notes a header; false when there are too many. */
export function note(kind: u8, identifier: u32): bool {
  if (!on) return true;
  if (listed == MOST) return false;
  const layer = layerAt(listed++);
  memory.fill(changetype<usize>(layer), 0, offsetof<Layer>());
  layer.kind = kind;
  layer.identifier = identifier;
  return true;
}

/** Notes a tunnel, whose ends are the addresses of a packet; false when there are too many headers. */
export function noteTunnel(kind: u8, identifier: u32, packet: Packet): bool {
  if (!note(kind, identifier)) return false;
  const layer = layerAt(listed - 1);
  layer.version = packet.version;
  const wide = packet.version == 6;
  const source0 = wide ? load<u64>(packet.source) : load<u32>(packet.source);
  const source1 = wide ? load<u64>(packet.source, 8) : 0;
  const destination0 = wide ? load<u64>(packet.destination) : load<u32>(packet.destination);
  const destination1 = wide ? load<u64>(packet.destination, 8) : 0;
  const sourceIsLow = source0 != destination0 ? source0 < destination0 : source1 < destination1;
  layer.low0 = sourceIsLow ? source0 : destination0;
  layer.low1 = sourceIsLow ? source1 : destination1;
  layer.high0 = sourceIsLow ? destination0 : source0;
  layer.high1 = sourceIsLow ? destination1 : source1;
  return true;
}
