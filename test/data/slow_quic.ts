/** A long header of QUIC, as far as it needs no key. */
export interface SlowLongHeader {
  readonly version: number;
  readonly destination: number;
  readonly source: number;
}

function isKnown(version: number): boolean {
  return [0, 1, 0x6b3343cf].includes(version) || version >= 0xff00001b && version <= 0xff000022 ||
    version.toString(16).padStart(8, "0").replace(/.a/g, "") === "";
}

/** The long header at the start of captured octets of a datagram; null when there is none of a known version. */
export function slowLongHeader(octets: readonly number[]): SlowLongHeader | null {
  const [first, a, b, c, d, destination, ...rest] = octets;
  if (destination === undefined || first! < 128) return null;
  const version = a! * 2 ** 24 + b! * 2 ** 16 + c! * 256 + d!;
  if (!isKnown(version) || version !== 0 && first! % 128 < 64 || destination > 20) return null;
  const source = rest[destination];
  if (source === undefined || source > 20) return null;
  const behind = rest.slice(destination + 1);
  if (behind.length < source) return null;
  if (version === 0) {
    const offered: number[] = [];
    for (let at = source; at + 4 <= behind.length; at += 4) {
      offered.push(behind.slice(at, at + 4).reduce((sum, octet) => sum * 256 + octet, 0));
    }
    if (!offered.some((one) => one !== 0 && isKnown(one))) return null;
  }
  return { version, destination, source };
}
