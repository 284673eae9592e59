/** Numbers in network byte order. Callers have checked that the octets are there. */
export function u16be(at: usize): u16 {
  return bswap<u16>(load<u16>(at));
}

export function u32be(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}
