/** Where the transport of an IP packet begins, and which it is. */
export interface TransportPlace {
  readonly at: number;
  readonly protocol: number;
}

/** IPv6 extension headers by number, and what a unit of their length octet is worth (RFC 8200, section 4). */
const EXTENSIONS: ReadonlyMap<number, number> = new Map([[0, 8], [43, 8], [60, 8], [51, 4]]);
const FRAGMENT = 44;

/** Where the transport stands in a packet that begins at `at`; null where it is beyond its octets. */
export function transportIn(octets: Uint8Array, at = 0): TransportPlace | null {
  const first = octets[at];
  if (first === undefined) return null;
  if (first >> 4 === 4) {
    const protocol = octets[at + 9];
    return protocol === undefined ? null : { at: at + (first & 15) * 4, protocol };
  }
  let protocol = octets[at + 6];
  let place = at + 40;
  while (protocol !== undefined) {
    const unit = EXTENSIONS.get(protocol);
    if (unit === undefined && protocol !== FRAGMENT) return { at: place, protocol };
    const length = octets[place + 1];
    if (length === undefined) return null;
    const next: number | undefined = octets[place];
    // Of the authentication header the first 8 octets are not counted, of others the first one unit
    place += unit === undefined ? 8 : unit === 4 ? (length + 2) * 4 : (length + 1) * 8;
    protocol = next;
  }
  return null;
}

/** Where the Timestamps option of a TCP header stands; null without it (RFC 7323, section 3.2). */
export function timestampsIn(octets: Uint8Array, tcp: number): number | null {
  const end = Math.min(octets.length, tcp + (octets[tcp + 12]! >> 4) * 4);
  for (let at = tcp + 20; at < end;) {
    const kind = octets[at]!;
    if (kind === 0) return null;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = octets[at + 1];
    if (length === undefined || length < 2 || at + length > end) return null;
    if (kind === 8) return length === 10 ? at : null;
    at += length;
  }
  return null;
}
