import { allocate } from "../memory.ts";

// What few flows need, or what is of any length, has no place in every flow: it lies in blocks that
// are taken when there is something to keep, and given back with the flow. Lists of free ones, one
// a size, are all there is to it: of whole sixteens to 512 octets, of powers of two beyond.

const STEP_BITS: usize = 4;
/** The largest size that is a multiple of 16 octets, and the largest of all. */
const STEPPED: usize = 512;
export const LARGEST_BLOCK: usize = 16_384;
/** Octets that are got from memory at once. */
const PIECE: usize = 65_536;
/** Octets that are prepared for each packet of a batch, so that memory seldom grows while there are views of it. */
const A_PACKET: usize = 64;

const SIZES: usize = 38;
const heads: usize = memory.data(152, 8);
/** Octets that were never taken, which are zero. */
let fresh: usize = 0;
let freshEnd: usize = 0;

/** Octets of the block for so many. */
function rounded(octets: usize): usize {
  if (octets <= STEPPED) return max<usize>((octets + 15) & ~15, 16);
  return 1 << (usize(32) - clz<u32>(u32(octets - 1)));
}

/** Where the list of a rounded size begins. */
function headOf(size: usize): usize {
  const list = size <= STEPPED ? (size >> STEP_BITS) - 1 : 22 + ctz<u32>(u32(size));
  return heads + (list << 2);
}

/** Prepares for a batch of packets. Memory may grow, and so move. */
export function reserveBlocks(packets: usize): void {
  const wanted = max(PIECE, packets * A_PACKET);
  if (freshEnd - fresh < wanted) more(wanted);
}

/** A zeroed block of at least so many octets, `LARGEST_BLOCK` at most; 0 when memory is used up. */
export function takeBlock(octets: usize): usize {
  const size = rounded(octets);
  const head = headOf(size);
  const block = load<usize>(head);
  if (block != 0) {
    store<usize>(head, load<usize>(block));
    memory.fill(block, 0, size);
    return block;
  }
  if (freshEnd - fresh < size && !more(PIECE)) return 0;
  const at = fresh;
  fresh += size;
  return at;
}

/** Gives back a block that was taken for so many octets. */
export function giveBlock(block: usize, octets: usize): void {
  const head = headOf(rounded(octets));
  store<usize>(block, load<usize>(head));
  store<usize>(head, block);
}

/** A copy for one part of a flow of the block whose address is kept in another; 0 without one. */
export function blockCopy(from: usize, to: usize, octets: usize): usize {
  const block: usize = load<u32>(from);
  const copy: usize = block == 0 ? 0 : takeBlock(octets);
  if (copy != 0) memory.copy(copy, block, octets);
  store<u32>(to, u32(copy));
  return copy;
}

/** Gets fresh memory; what is left of the last goes to the lists. False when there is no more. */
function more(octets: usize): bool {
  const at = allocate(octets);
  if (at == 0) return false;
  for (let left = freshEnd - fresh; left >= 16; left = freshEnd - fresh) {
    const size = min(left & ~15, STEPPED);
    giveBlock(fresh, size);
    fresh += size;
  }
  fresh = at;
  freshEnd = at + octets;
  return true;
}
