/** Where the next octet of text goes. */
export let cursor: usize = 0;

export function moveTo(at: usize): void {
  cursor = at;
}

export function octet(value: u8): void {
  store<u8>(cursor++, value);
}

export function copy(from: usize, length: usize): void {
  memory.copy(cursor, from, length);
  cursor += length;
}

export function boolean(value: bool): void {
  if (value) {
    store<u32>(cursor, 0x65757274); // true
    cursor += 4;
  } else {
    store<u32>(cursor, 0x736c6166); // fals
    store<u8>(cursor, 0x65, 4);
    cursor += 5;
  }
}

export function nothing(): void {
  store<u32>(cursor, 0x6c6c756e); // null
  cursor += 4;
}

/** A number in decimal. */
export function decimal(value: u64): void {
  let rest = value;
  let length: usize = 1;
  for (let bound: u64 = 10; length < 20 && rest >= bound; bound *= 10) length++;
  let next = cursor + length;
  cursor = next;
  while (rest > 0xffff_ffff) {
    store<u8>(--next, 0x30 + u8(rest % 10));
    rest /= 10;
  }
  let small = u32(rest);
  do {
    store<u8>(--next, 0x30 + u8(small % 10));
    small /= 10;
  } while (small != 0);
}

/** Nanoseconds as seconds with six decimals; what is below a microsecond is cut off. */
export function seconds(nanoseconds: u64): void {
  decimal(nanoseconds / 1_000_000_000);
  octet(0x2e); // .
  let micro = u32(nanoseconds % 1_000_000_000) / 1000;
  for (let i: usize = 6; i > 0; i--) {
    store<u8>(cursor + i - 1, 0x30 + u8(micro % 10));
    micro /= 10;
  }
  cursor += 6;
}

/** An IPv4 address in dotted decimal. */
export function address4(at: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    if (i) octet(0x2e);
    decimal(load<u8>(at + i));
  }
}

/** An IPv6 address as RFC 5952 writes it: the first longest run of zero groups becomes `::`. */
export function address6(at: usize): void {
  let best: usize = 8, bestLength: usize = 1;
  for (let i: usize = 0; i < 8; i++) {
    let length: usize = 0;
    while (i + length < 8 && load<u16>(at + ((i + length) << 1)) == 0) length++;
    if (length > bestLength) {
      best = i;
      bestLength = length;
    }
  }
  for (let i: usize = 0; i < 8; i++) {
    if (i == best) {
      octet(0x3a);
      octet(0x3a);
      i += bestLength - 1;
      continue;
    }
    if (i != 0 && i != best + bestLength) octet(0x3a);
    hexadecimal(bswap<u16>(load<u16>(at + (i << 1))));
  }
}

function hexadecimal(value: u16): void {
  for (let shift: i32 = 12; shift >= 0; shift -= 4) {
    if (shift != 0 && value >> u16(shift) == 0) continue;
    const digit = u8((value >> u16(shift)) & 15);
    octet(digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
}
