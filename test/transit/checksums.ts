/** The sum of octets as RFC 1071 has it, folded; 0xffff over what has a right checksum in it. */
export function sum(octets: readonly number[] | Uint8Array): number {
  let total = 0;
  for (let at = 0; at < octets.length; at += 2) total += octets[at]! * 256 + (octets[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x1_0000);
  return total;
}

/** Where the transport of a packet without extension headers or IPv4 options begins. */
export function transportAt(packet: Uint8Array): number {
  return packet[0]! >> 4 === 4 ? 20 : 40;
}

/** The sum over a packet's transport and its pseudo-header: 0xffff when the checksum is right. */
export function transportSum(packet: Uint8Array): number {
  const at = transportAt(packet);
  const isFour = at === 20;
  const length = packet.length - at;
  const addresses = isFour ? packet.subarray(12, 20) : packet.subarray(8, 40);
  const protocol = isFour ? packet[9]! : packet[6]!;
  return sum([...addresses, 0, protocol, length >> 8, length & 255, ...packet.subarray(at)]);
}

/** Puts right checksums into a packet that has none. */
export function withChecksums(packet: Uint8Array): Uint8Array {
  const whole = packet.slice();
  const put = (at: number, value: number) => whole.set([value >> 8, value & 255], at);
  const at = transportAt(whole);
  const protocol = at === 20 ? whole[9]! : whole[6]!;
  const field = at + (protocol === 6 ? 16 : 6);
  put(field, 0);
  put(field, ~transportSum(whole) & 0xffff);
  if (at === 20) {
    put(10, 0);
    put(10, ~sum(whole.subarray(0, 20)) & 0xffff);
  }
  return whole;
}
