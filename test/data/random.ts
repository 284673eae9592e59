/** Whole numbers below a bound, the same for the same seed (xorshift, Marsaglia 2003). */
export function random(seed: number): (below: number) => number {
  let state = (seed * 0x9e37_79b1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}
