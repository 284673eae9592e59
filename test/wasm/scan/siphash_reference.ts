const WORD = (1n << 64n) - 1n;

function rotate(value: bigint, bits: bigint): bigint {
  return (value << bits | value >> 64n - bits) & WORD;
}

/** A word of the message, of fewer than 8 octets at its end. */
function word(octets: Uint8Array): bigint {
  return octets.reduce((value, octet, i) => value | BigInt(octet) << BigInt(8 * i), 0n);
}

/** SipHash-2-4 of any octets, step by step as the paper of Aumasson and Bernstein (2012) says. */
export function siphash24(key: Uint8Array, message: Uint8Array): bigint {
  const [k0, k1] = [word(key.subarray(0, 8)), word(key.subarray(8))];
  const ascii = "somepseudorandomlygeneratedbytes";
  const initial = [0, 8, 16, 24].map((at) =>
    [...ascii.slice(at, at + 8)].reduce((value, c) => value << 8n | BigInt(c.charCodeAt(0)), 0n)
  );
  let [v0, v1, v2, v3] = initial.map((value, i) => value ^ (i % 2 === 0 ? k0 : k1)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const round = () => {
    [v0, v2] = [v0 + v1 & WORD, v2 + v3 & WORD];
    [v1, v3] = [rotate(v1, 13n) ^ v0, rotate(v3, 16n) ^ v2];
    v0 = rotate(v0, 32n);
    [v2, v0] = [v2 + v1 & WORD, v0 + v3 & WORD];
    [v1, v3] = [rotate(v1, 17n) ^ v2, rotate(v3, 21n) ^ v0];
    v2 = rotate(v2, 32n);
  };
  const whole = message.length & ~7;
  for (let at = 0; at <= whole; at += 8) {
    const last = at === whole ? BigInt(message.length & 255) << 56n : 0n;
    const next = last | word(message.subarray(at, Math.min(at + 8, message.length)));
    v3 ^= next;
    round();
    round();
    v0 ^= next;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}
