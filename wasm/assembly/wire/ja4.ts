// The TLS client fingerprint JA4, of FoxIO's technical description (github.com/FoxIO-LLC/ja4,
// technical_details/JA4.md), under the 3-Clause BSD licence.
import { begin, end, take } from "./sha256.ts";
import * as tls from "./tls.ts";

/** What a ClientHello came over, as the first character has it. */
export const OVER_TCP: u8 = 0x74; // t
export const OVER_QUIC: u8 = 0x71; // q

/** Characters of a fingerprint. */
export const LENGTH: usize = 36;

let cursor: usize = 0;
const sorted: usize = memory.data(1024, 2);

/** Writes the fingerprint of the hello that was read last, `LENGTH` octets. */
export function ja4(to: usize, transport: u8): void {
  cursor = to;
  write(transport);
  writeVersion();
  write(tls.hasServerName ? 0x64 : 0x69); // d, i
  writeCount(tls.cipherCount);
  writeCount(tls.extensionCount);
  writeProtocol();
  write(0x5f);
  sort(tls.ciphers, tls.cipherCount, false);
  begin();
  takeList(sorted, sortedCount);
  writeDigest(sortedCount == 0);
  write(0x5f);
  sort(tls.extensions, tls.extensionCount, true);
  begin();
  takeList(sorted, sortedCount);
  if (tls.algorithmCount != 0) {
    take(0x5f);
    takeList(tls.algorithms, tls.algorithmCount);
  }
  writeDigest(sortedCount == 0);
}

function write(octet: u8): void {
  store<u8>(cursor++, octet);
}

/** The highest version that is offered. */
function writeVersion(): void {
  let version: u16 = tls.versionCount == 0 ? tls.version : 0;
  for (let i: usize = 0; i < tls.versionCount; i++) {
    version = max(version, load<u16>(tls.versions + (i << 1)));
  }
  const minor = version >= 0x0301 && version <= 0x0304;
  write(minor ? 0x31 : version == 0x0300 || version == 2 ? 0x73 : 0x30); // 1, s, 0
  write(
    minor ? u8(version - 0x0301) + 0x30 : version == 0x0300 ? 0x33 : version == 2 ? 0x32 : 0x30,
  );
}

function writeCount(count: usize): void {
  const shown = min<usize>(count, 99);
  write(u8(0x30 + shown / 10));
  write(u8(0x30 + shown % 10));
}

/** First and last character of the first protocol of ALPN, or of its octets in hexadecimal. */
function writeProtocol(): void {
  if (tls.protocolsLength == 0) {
    write(0x30);
    write(0x30);
    return;
  }
  const first = load<u8>(tls.protocols + 1);
  const last = load<u8>(tls.protocols + load<u8>(tls.protocols));
  const plain = isAlphanumeric(first) && isAlphanumeric(last);
  write(plain ? first : digit(first >> 4));
  write(plain ? last : digit(last & 15));
}

function isAlphanumeric(octet: u8): bool {
  return octet >= 0x30 && octet <= 0x39 || octet >= 0x41 && octet <= 0x5a ||
    octet >= 0x61 && octet <= 0x7a;
}

function digit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

let sortedCount: usize = 0;

/** Sorts a list, of extensions without those of server name and ALPN, which depend on the server. */
function sort(list: usize, count: usize, isOfExtensions: bool): void {
  sortedCount = 0;
  for (let i: usize = 0; i < count; i++) {
    const value = load<u16>(list + (i << 1));
    if (isOfExtensions && (value == 0 || value == 16)) continue;
    let at = sortedCount++;
    for (; at > 0 && load<u16>(sorted + ((at - 1) << 1)) > value; at--) {
      store<u16>(sorted + (at << 1), load<u16>(sorted + ((at - 1) << 1)));
    }
    store<u16>(sorted + (at << 1), value);
  }
}

/** Digests values in hexadecimal with commas between them. */
function takeList(list: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    if (i != 0) take(0x2c);
    const value = load<u16>(list + (i << 1));
    for (let shift: i32 = 12; shift >= 0; shift -= 4) take(digit(u8((value >> u16(shift)) & 15)));
  }
}

/** The first twelve digits of the digest; zeros where there was nothing to digest. */
function writeDigest(isEmpty: bool): void {
  const digest = end();
  for (let shift: i32 = 60; shift >= 16; shift -= 4) {
    write(isEmpty ? 0x30 : digit(u8((digest >> shift) & 15)));
  }
}
