// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) of 24 octets, which
// is what all messages here have. Who does not know the key can neither tell nor change a hash.

/** Octets of the key. */
export const KEY_SIZE: usize = 16;

const key: usize = memory.data(16, 8);

/** Where the program puts the key, before the first probe. */
export function scanKeyAt(): usize {
  return key;
}

/** The hash of three words, each the 8 octets of the message as a number, the lowest first. */
export function siphash(a: u64, b: u64, c: u64): u64 {
  const k0 = load<u64>(key);
  const k1 = load<u64>(key, 8);
  v0 = k0 ^ 0x736f_6d65_7073_6575;
  v1 = k1 ^ 0x646f_7261_6e64_6f6d;
  v2 = k0 ^ 0x6c79_6765_6e65_7261;
  v3 = k1 ^ 0x7465_6462_7974_6573;
  take(a);
  take(b);
  take(c);
  // The last block has the length of the message in its highest octet
  take(u64(24) << 56);
  v2 ^= 0xff;
  round();
  round();
  round();
  round();
  return v0 ^ v1 ^ v2 ^ v3;
}

let v0: u64 = 0;
let v1: u64 = 0;
let v2: u64 = 0;
let v3: u64 = 0;

// @ts-ignore: decorator

function take(word: u64): void {
  v3 ^= word;
  round();
  round();
  v0 ^= word;
}

// @ts-ignore: decorator

function round(): void {
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
