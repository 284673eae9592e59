const NINE_UP: u64 = 0x0606_0606_0606_0606;
const ONES: u64 = 0x0101_0101_0101_0101;
const DIGITS: u64 = 0x3030_3030_3030_3030;
/** From the place behind `9` in ASCII to `a`. */
const LETTERS: u64 = 39;

/** The eight digits of a number, lower case, as a word whose lowest octet is the first digit. */
export function hexadecimal(value: u32): u64 {
  // A digit an octet, the last one lowest
  let digits = u64(value);
  digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
  digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
  digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
  const letters = (digits + NINE_UP) >> 4 & ONES;
  return bswap<u64>(digits + DIGITS + letters * LETTERS);
}
