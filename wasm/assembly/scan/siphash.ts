// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) of 24 octets, which
// is what all messages here have. Who does not know the key can neither tell nor change a hash.

/** Octets of the key. */
const KEY_SIZE: usize = 16;
/** Blocks of a message with the one of its length, each of two rounds, and the rounds behind them. */
const BLOCKS: i32 = 4;
const ROUNDS: i32 = 2;
const LAST_ROUNDS: i32 = 4;
/** The block behind the message, which has its length in the highest octet. */
const LENGTH: u64 = 24 << 56;

const key: usize = memory.data(16, 8);

/** Where the program puts the key of 16 octets, before the first probe. */
export function scanKeyAt(): usize {
  return key;
}

/** Octets of the key. */
export function scanKeySize(): usize {
  return KEY_SIZE;
}

/** The hash of three words, each 8 octets of the message as a number, the lowest first. */
export function siphash(a: u64, b: u64, c: u64): u64 {
  const k0 = load<u64>(key);
  const k1 = load<u64>(key, 8);
  let v0 = k0 ^ 0x736f_6d65_7073_6575;
  let v1 = k1 ^ 0x646f_7261_6e64_6f6d;
  let v2 = k0 ^ 0x6c79_6765_6e65_7261;
  let v3 = k1 ^ 0x7465_6462_7974_6573;
  for (let block = 0; block < BLOCKS; block++) {
    v3 ^= a;
    for (let round = 0; round < ROUNDS; round++) {
      v0 += v1;
      v1 = rotl(v1, 13) ^ v0;
      v0 = rotl(v0, 32);
      v2 += v3;
      v3 = rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = rotl(v1, 17) ^ v2;
      v2 = rotl(v2, 32);
    }
    v0 ^= a;
    a = b;
    b = c;
    c = LENGTH;
  }
  // The same round, written again: one loop for all of them is slower, by what it asks each time
  v2 ^= 0xff;
  for (let round = 0; round < LAST_ROUNDS; round++) {
    v0 += v1;
    v1 = rotl(v1, 13) ^ v0;
    v0 = rotl(v0, 32);
    v2 += v3;
    v3 = rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl(v1, 17) ^ v2;
    v2 = rotl(v2, 32);
  }
  return v0 ^ v1 ^ v2 ^ v3;
}
