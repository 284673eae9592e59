/** Numbers in network byte order. Callers have checked that the octets are there. */
export function u16be(at: usize): u16 {
  return bswap<u16>(load<u16>(at));
}

export function u32be(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

export function putU16be(at: usize, value: u32): void {
  store<u16>(at, bswap<u16>(u16(value)));
}

export function putU32be(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}
