import { giveBlock, LARGEST_BLOCK, takeBlock } from "./blocks.ts";

/**
 * The beginning of a stream, whose octets come in any order and more than once: those that came first
 * count. It lies in what a chain keeps, zeroed while there is none.
 */
@unmanaged
export class Pieces {
  /** The block of the octets, 0 without one. */
  octets: u32;
  /** The block that has a bit of each octet that is there. */
  marks: u32;
  /** Octets that there is room for. */
  size: u16;
  /** How many are there from the beginning on, and where the last one is. */
  length: u16;
  last: u16;
  padding: u16;
}

/** Octets from the beginning on that can be kept. */
export const MOST_PIECES: usize = LARGEST_BLOCK;
const LEAST: usize = 512;

/** Keeps octets that have a place within the first `MOST_PIECES`; false when memory is used up. */
export function keep(pieces: Pieces, place: usize, from: usize, octets: usize): bool {
  const behind = place + octets;
  if (behind > pieces.size && !grow(pieces, behind)) return false;
  const kept: usize = pieces.octets, marks: usize = pieces.marks;
  for (let i = place; i < behind; i++) {
    const at = marks + (i >> 3);
    const bit: u8 = 1 << u8(i & 7);
    const mark = load<u8>(at);
    if (mark & bit) continue;
    store<u8>(at, mark | bit);
    store<u8>(kept + i, load<u8>(from + i - place));
  }
  if (behind > pieces.last) pieces.last = u16(behind);
  let length: usize = pieces.length;
  while (length < pieces.last && (load<u8>(marks + (length >> 3)) >> u8(length & 7)) & 1) length++;
  pieces.length = u16(length);
  return true;
}

/** Forgets all of them. */
export function drop(pieces: Pieces): void {
  if (pieces.octets == 0) return;
  giveBlock(pieces.octets, pieces.size);
  giveBlock(pieces.marks, pieces.size >> 3);
  memory.fill(changetype<usize>(pieces), 0, offsetof<Pieces>());
}

function grow(pieces: Pieces, octets: usize): bool {
  let size = LEAST;
  while (size < octets) size <<= 1;
  const kept = takeBlock(size);
  if (kept == 0) return false;
  const marks = takeBlock(size >> 3);
  if (marks == 0) {
    giveBlock(kept, size);
    return false;
  }
  const before: usize = pieces.size;
  if (before != 0) {
    memory.copy(kept, pieces.octets, before);
    memory.copy(marks, pieces.marks, before >> 3);
    giveBlock(pieces.octets, before);
    giveBlock(pieces.marks, before >> 3);
  }
  pieces.octets = u32(kept);
  pieces.marks = u32(marks);
  pieces.size = u16(size);
  return true;
}
