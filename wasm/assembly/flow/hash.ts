// Multilinear hashing in halves (Lemire and Kaser, "Strongly universal string hashing is fast",
// 2012, MULTILINEAR-HM): with a random seed any two keys collide with a probability of 2^-32, whoever
// chose them. What is fixed instead of random is known, and flows could be crafted that collide.

/** Octets of the seed: a number of 64 bits for each word of 32, and one more. */
const SEED_SIZE: usize = 88;

const seed: usize = memory.data(88, 8);

/** Where the program puts random octets, before the first packet. */
export function seedAt(): usize {
  return seed;
}

/** Octets of the seed. */
export function seedSize(): usize {
  return SEED_SIZE;
}

/** The hash of five numbers. */
export function hash(a: u64, b: u64, c: u64, d: u64, e: u64): u32 {
  const sum = load<u64>(seed) + product(a, 8) + product(b, 24) + product(c, 40) + product(d, 56) +
    product(e, 72);
  // Keys in a row have hashes in a row up to here, which would pile up where probing is linear. This
  // is one to one (the finalizer of MurmurHash3), so that no more keys collide than before.
  let h = u32(sum >> 32);
  h = (h ^ (h >> 16)) * 0x85eb_ca6b;
  h = (h ^ (h >> 13)) * 0xc2b2_ae35;
  return h ^ (h >> 16);
}

function product(value: u64, secret: usize): u64 {
  return ((value & 0xffff_ffff) + load<u64>(seed + secret)) *
    ((value >> 32) + load<u64>(seed + secret, 8));
}
