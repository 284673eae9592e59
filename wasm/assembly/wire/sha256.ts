// FIPS 180-4, section 6.2; RFC 2104: the same with a key

const CONSTANTS: usize = memory.data<u32>([
  0x428a_2f98,
  0x7137_4491,
  0xb5c0_fbcf,
  0xe9b5_dba5,
  0x3956_c25b,
  0x59f1_11f1,
  0x923f_82a4,
  0xab1c_5ed5,
  0xd807_aa98,
  0x1283_5b01,
  0x2431_85be,
  0x550c_7dc3,
  0x72be_5d74,
  0x80de_b1fe,
  0x9bdc_06a7,
  0xc19b_f174,
  0xe49b_69c1,
  0xefbe_4786,
  0x0fc1_9dc6,
  0x240c_a1cc,
  0x2de9_2c6f,
  0x4a74_84aa,
  0x5cb0_a9dc,
  0x76f9_88da,
  0x983e_5152,
  0xa831_c66d,
  0xb003_27c8,
  0xbf59_7fc7,
  0xc6e0_0bf3,
  0xd5a7_9147,
  0x06ca_6351,
  0x1429_2967,
  0x27b7_0a85,
  0x2e1b_2138,
  0x4d2c_6dfc,
  0x5338_0d13,
  0x650a_7354,
  0x766a_0abb,
  0x81c2_c92e,
  0x9272_2c85,
  0xa2bf_e8a1,
  0xa81a_664b,
  0xc24b_8b70,
  0xc76c_51a3,
  0xd192_e819,
  0xd699_0624,
  0xf40e_3585,
  0x106a_a070,
  0x19a4_c116,
  0x1e37_6c08,
  0x2748_774c,
  0x34b0_bcb5,
  0x391c_0cb3,
  0x4ed8_aa4a,
  0x5b9c_ca4f,
  0x682e_6ff3,
  0x748f_82ee,
  0x78a5_636f,
  0x84c8_7814,
  0x8cc7_0208,
  0x90be_fffa,
  0xa450_6ceb,
  0xbef9_a3f7,
  0xc671_78f2,
], 4);
const INITIAL: usize = memory.data<u32>([
  0x6a09_e667,
  0xbb67_ae85,
  0x3c6e_f372,
  0xa54f_f53a,
  0x510e_527f,
  0x9b05_688c,
  0x1f83_d9ab,
  0x5be0_cd19,
], 4);

/** Octets of a digest. */
export const DIGEST: usize = 32;

const state: usize = memory.data(32, 4);
const words: usize = memory.data(256, 4);
const block: usize = memory.data(64, 4);
let filled: usize = 0;
let length: u64 = 0;

/** Begins a digest. */
export function begin(): void {
  memory.copy(state, INITIAL, 32);
  filled = 0;
  length = 0;
}

/** Takes an octet. */
export function take(octet: u8): void {
  length++;
  put(octet);
}

function put(octet: u8): void {
  store<u8>(block + filled++, octet);
  if (filled < 64) return;
  compress();
  filled = 0;
}

/** Ends the digest; its first eight octets, of which the highest comes first. */
export function end(): u64 {
  fill();
  return u64(load<u32>(state)) << 32 | load<u32>(state, 4);
}

/** Ends the digest, and writes it: `DIGEST` octets. */
export function endTo(to: usize): void {
  fill();
  for (let i: usize = 0; i < DIGEST; i += 4) store<u32>(to + i, bswap<u32>(load<u32>(state + i)));
}

function fill(): void {
  const bits = length << 3;
  put(0x80);
  while (filled != 56) put(0);
  for (let shift: i32 = 56; shift >= 0; shift -= 8) put(u8(bits >> shift));
}

const inner: usize = memory.data(32, 4);

/** Writes the digest of some octets with a key of at most 64 (HMAC), which may lie where it is written to. */
export function keyed(key: usize, keyLength: usize, from: usize, octets: usize, to: usize): void {
  begin();
  takePadded(key, keyLength, 0x36);
  for (let i: usize = 0; i < octets; i++) take(load<u8>(from + i));
  endTo(inner);
  begin();
  takePadded(key, keyLength, 0x5c);
  for (let i: usize = 0; i < DIGEST; i++) take(load<u8>(inner + i));
  endTo(to);
}

function takePadded(key: usize, keyLength: usize, pad: u8): void {
  for (let i: usize = 0; i < 64; i++) take(i < keyLength ? load<u8>(key + i) ^ pad : pad);
}

function compress(): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(words + i, bswap<u32>(load<u32>(block + i)));
  for (let i: usize = 64; i < 256; i += 4) {
    const a = load<u32>(words + i - 60);
    const b = load<u32>(words + i - 8);
    const small = rotr<u32>(a, 7) ^ rotr<u32>(a, 18) ^ (a >> 3);
    const other = rotr<u32>(b, 17) ^ rotr<u32>(b, 19) ^ (b >> 10);
    store<u32>(words + i, load<u32>(words + i - 64) + small + load<u32>(words + i - 28) + other);
  }
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8);
  let d = load<u32>(state, 12), e = load<u32>(state, 16), f = load<u32>(state, 20);
  let g = load<u32>(state, 24), h = load<u32>(state, 28);
  for (let i: usize = 0; i < 256; i += 4) {
    const large = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const choice = (e & f) ^ (~e & g);
    const one = h + large + choice + load<u32>(CONSTANTS + i) + load<u32>(words + i);
    const first = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const two = first + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + two;
  }
  add(0, a);
  add(4, b);
  add(8, c);
  add(12, d);
  add(16, e);
  add(20, f);
  add(24, g);
  add(28, h);
}

function add(at: usize, value: u32): void {
  store<u32>(state + at, load<u32>(state + at) + value);
}
