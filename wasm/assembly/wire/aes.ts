// FIPS 197: AES with keys of 128 bits, in the direction of encryption, which is all that GCM needs
// (NIST SP 800-38D). What it opens are packets whose keys anyone can know: no care is taken that the
// time it needs says nothing of them.

export const BLOCK: usize = 16;
const ROUNDS: usize = 10;

const SBOX: usize = memory.data(256);
const schedule: usize = memory.data(176, 16);
const state: usize = memory.data(16, 16);
const shifted: usize = memory.data(16, 16);

/** Twice a value in the field of 256 elements (section 4.2.1). */
function twice(value: u8): u8 {
  return value << 1 ^ (value & 0x80 ? 0x1b : 0);
}

/** Fills the table of section 5.1.1: p goes through all elements, and q is its inverse. */
function prepare(): void {
  let p: u8 = 1, q: u8 = 1;
  do {
    p = p ^ twice(p);
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    if (q & 0x80) q ^= 0x09;
    store<u8>(
      SBOX + p,
      q ^ rotl<u8>(q, 1) ^ rotl<u8>(q, 2) ^ rotl<u8>(q, 3) ^ rotl<u8>(q, 4) ^ 0x63,
    );
  } while (p != 1);
  store<u8>(SBOX, 0x63);
}

function substitute(value: u8): u8 {
  return load<u8>(SBOX + value);
}

/** Makes a key of 16 octets the one that is used (section 5.2). */
export function setKey(key: usize): void {
  if (load<u8>(SBOX) == 0) prepare();
  memory.copy(schedule, key, BLOCK);
  let constant: u8 = 1;
  for (let at = schedule + BLOCK; at < schedule + (ROUNDS + 1) * BLOCK; at += 4) {
    const turns = (at - schedule) % BLOCK == 0;
    for (let i: usize = 0; i < 4; i++) {
      const before = load<u8>(at - 4 + (turns ? (i + 1) & 3 : i));
      let value = turns ? substitute(before) : before;
      if (turns && i == 0) value ^= constant;
      store<u8>(at + i, load<u8>(at - BLOCK + i) ^ value);
    }
    if (turns) constant = twice(constant);
  }
}

/** Encrypts a block (section 5.1). */
export function encrypt(from: usize, to: usize): void {
  v128.store(state, v128.xor(v128.load(from), v128.load(schedule)));
  for (let round: usize = 1; round <= ROUNDS; round++) {
    for (let i: usize = 0; i < BLOCK; i++) {
      store<u8>(shifted + i, substitute(load<u8>(state + ((i + ((i & 3) << 2)) & 15))));
    }
    if (round < ROUNDS) mix();
    const key = v128.load(schedule + round * BLOCK);
    v128.store(state, v128.xor(v128.load(shifted), key));
  }
  memory.copy(to, state, BLOCK);
}

/** Mixes each column (section 5.1.3). */
function mix(): void {
  for (let at = shifted; at < shifted + BLOCK; at += 4) {
    const a = load<u8>(at), b = load<u8>(at, 1), c = load<u8>(at, 2), d = load<u8>(at, 3);
    const all = a ^ b ^ c ^ d;
    store<u8>(at, a ^ all ^ twice(a ^ b));
    store<u8>(at, b ^ all ^ twice(b ^ c), 1);
    store<u8>(at, c ^ all ^ twice(c ^ d), 2);
    store<u8>(at, d ^ all ^ twice(d ^ a), 3);
  }
}
