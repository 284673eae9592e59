// A median in bounded memory: samples are counted in buckets whose ends are a fourth root of two
// apart, from 16 to 2^25, an octet each. The middle of a bucket is at most 9.05 % off. When a count is
// full all are halved, rounded up: what came long ago weighs less, and what was seldom stays.

/** Octets of the buckets. */
export const BUCKETS: usize = 84;
const LEAST_BITS: u32 = 4;

/** The three inner ends of an octave, as fractions of 2^32 that begin at one half. */
const FIRST: u32 = 0x9837_f052;
const SECOND: u32 = 0xb504_f334;
const THIRD: u32 = 0xd744_fccb;
/** Middles of the four buckets of an octave, in parts of 2^16 of where it begins. */
const MIDDLES: usize = memory.data<u32>([71_468, 84_991, 101_071, 120_194], 4);

/** Counts a sample. */
export function count(buckets: usize, sample: u32): void {
  const at = buckets + bucketOf(sample);
  if (load<u8>(at) == 0xff) {
    for (let i: usize = 0; i < BUCKETS; i++) {
      const old: u32 = load<u8>(buckets + i);
      store<u8>(buckets + i, u8((old + 1) >> 1));
    }
  }
  store<u8>(at, load<u8>(at) + 1);
}

function bucketOf(sample: u32): usize {
  if (sample < 1 << LEAST_BITS) return 0;
  const zeros = clz<u32>(sample);
  const fraction = sample << zeros;
  const quarter: u32 = fraction < SECOND ? (fraction < FIRST ? 0 : 1) : (fraction < THIRD ? 2 : 3);
  return min<usize>(usize((31 - zeros - LEAST_BITS) << 2 | quarter), BUCKETS - 1);
}

/** The middle of the bucket in which the lower median lies. */
export function medianOf(buckets: usize): u32 {
  let total: u32 = 0;
  for (let i: usize = 0; i < BUCKETS; i++) total += load<u8>(buckets + i);
  let left = (total + 1) >> 1;
  let i: usize = 0;
  for (; i < BUCKETS - 1; i++) {
    const here: u32 = load<u8>(buckets + i);
    if (here >= left) break;
    left -= here;
  }
  const middle = u64(load<u32>(MIDDLES + ((i & 3) << 2))) << ((i >> 2) + LEAST_BITS);
  return u32(middle >> 16);
}
