// NIST SP 800-38D: authenticated decryption in Galois/Counter Mode, with nonces of 12 octets
import { BLOCK, encrypt } from "./aes.ts";

/** Octets of the tag behind what is encrypted, and of a nonce. */
export const TAG: usize = 16;
export const NONCE: usize = 12;

const counter: usize = memory.data(16, 16);
const stream: usize = memory.data(16, 16);
/** The element of the field that authenticates with the key at hand, and what was taken so far, the highest half first. */
let key0: u64 = 0;
let key1: u64 = 0;
let hash0: u64 = 0;
let hash1: u64 = 0;

/**
 * Decrypts octets, behind which their tag lies, with the key that was set last; false when the tag is
 * another one, and then what was written means nothing.
 *
 * @param also what is authenticated beside them, without being encrypted
 */
export function open(
  nonce: usize,
  also: usize,
  alsoOctets: usize,
  from: usize,
  octets: usize,
  to: usize,
): bool {
  memory.fill(counter, 0, BLOCK);
  encrypt(counter, stream);
  key0 = bswap<u64>(load<u64>(stream));
  key1 = bswap<u64>(load<u64>(stream, 8));
  hash0 = hash1 = 0;
  take(also, alsoOctets);
  take(from, octets);
  multiply(hash0 ^ u64(alsoOctets) << 3, hash1 ^ u64(octets) << 3);
  memory.copy(counter, nonce, NONCE);
  setCounter(1);
  const differs = bswap<u64>(hash0) ^ load<u64>(stream) ^ load<u64>(from + octets) |
    bswap<u64>(hash1) ^ load<u64>(stream, 8) ^ load<u64>(from + octets, 8);
  if (differs != 0) return false;
  for (let at: usize = 0; at < octets; at += BLOCK) {
    setCounter(u32(at / BLOCK) + 2);
    for (let i: usize = 0; i < min(BLOCK, octets - at); i++) {
      store<u8>(to + at + i, load<u8>(from + at + i) ^ load<u8>(stream + i));
    }
  }
  return true;
}

/** Makes the octets of the key's stream for a block. */
function setCounter(value: u32): void {
  store<u32>(counter, bswap<u32>(value), 12);
  encrypt(counter, stream);
}

const padded: usize = memory.data(16, 8);

/** Takes octets into the hash, in blocks of which the last one is filled with zeros (section 6.4). */
function take(from: usize, octets: usize): void {
  for (let at: usize = 0; at < octets; at += BLOCK) {
    memory.fill(padded, 0, BLOCK);
    memory.copy(padded, from + at, min(BLOCK, octets - at));
    multiply(hash0 ^ bswap<u64>(load<u64>(padded)), hash1 ^ bswap<u64>(load<u64>(padded, 8)));
  }
}

/** Makes the hash the product of an element and the key's (section 6.3). */
function multiply(x0: u64, x1: u64): void {
  let v0 = key0, v1 = key1;
  hash0 = hash1 = 0;
  for (let i = 0; i < 128; i++) {
    const bit = i < 64 ? x0 >> (63 - i) : x1 >> (127 - i);
    const taken: u64 = 0 - (bit & 1);
    hash0 ^= v0 & taken;
    hash1 ^= v1 & taken;
    const carried: u64 = 0 - (v1 & 1);
    v1 = v1 >> 1 | v0 << 63;
    v0 = v0 >> 1 ^ carried & 0xe100_0000_0000_0000;
  }
}
