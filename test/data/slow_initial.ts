import { createDecipheriv, createHmac } from "node:crypto";
import { slowLongHeader } from "./slow_quic.ts";
import { slowClientHello, type SlowHello } from "./slow_tls.ts";

const SALTS = {
  1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
  2: "0dede3def700a6db819381be6e269dcbf9bd2ed9",
  29: "afbfec289993d24c9e9786f19c6111e04390a899",
  27: "c3eef712c72ebb5a11a7d2432bb46365bef9f502",
} as const;

function saltOf(version: number): string | null {
  if (version === 1 || version === 0xff000021 || version === 0xff000022) return SALTS[1];
  if (version === 0x6b3343cf) return SALTS[2];
  if (version >= 0xff00001d && version <= 0xff000020) return SALTS[29];
  return version === 0xff00001b || version === 0xff00001c ? SALTS[27] : null;
}

/** Numbers of variable length, one after the other; NaN behind the end. */
function numbers(octets: readonly number[], from: number) {
  let at = from;
  return {
    next(): number {
      const length = 2 ** ((octets[at] ?? 0) >> 6);
      if (at + length > octets.length) return NaN;
      const value = octets.slice(at, at + length).reduce(
        (sum, one, i) => sum * 256 + (i === 0 ? one % 64 : one),
        0,
      );
      at += length;
      return value;
    },
    skip(count: number): void {
      at += count;
    },
    get at(): number {
      return at;
    },
  };
}

/** The frames of an Initial packet, or null when its keys are others. */
function open(octets: readonly number[], numberAt: number, length: number, version: number) {
  const id = octets.slice(6, 6 + octets[5]!);
  const extracted = createHmac(
    "sha256",
    Uint8Array.from(saltOf(version)!.match(/../g)!, (two) => parseInt(two, 16)),
  ).update(Uint8Array.from(id)).digest();
  const prefix = version === 0x6b3343cf ? "quicv2" : "quic";
  const expand = (secret: Uint8Array, label: string, size: number) => {
    const name = new TextEncoder().encode(`tls13 ${label}`);
    const info = Uint8Array.of(0, size, name.length, ...name, 0, 1);
    return createHmac("sha256", secret).update(info).digest().subarray(0, size);
  };
  const secret = expand(extracted, "client in", 32);
  const sample = Uint8Array.from(octets.slice(numberAt + 4, numberAt + 20));
  const hp = createDecipheriv("aes-128-ctr", expand(secret, `${prefix} hp`, 16), sample);
  const mask = hp.update(new Uint8Array(16));
  const first = octets[0]! ^ mask[0]! & 15;
  const size = first % 4 + 1;
  const header = Uint8Array.from(octets.slice(0, numberAt + size));
  header[0] = first;
  const nonce = Uint8Array.from(expand(secret, `${prefix} iv`, 12));
  for (let i = 0; i < size; i++) {
    header[numberAt + i]! ^= mask[1 + i]!;
    nonce[12 - size + i]! ^= header[numberAt + i]!;
  }
  const end = numberAt + length;
  const cipher = createDecipheriv("aes-128-gcm", expand(secret, `${prefix} key`, 16), nonce)
    .setAAD(header).setAuthTag(Uint8Array.from(octets.slice(end - 16, end)));
  const plain = cipher.update(Uint8Array.from(octets.slice(numberAt + size, end - 16)));
  try {
    cipher.final();
  } catch {
    return null;
  }
  return [...plain];
}

/** Puts the CRYPTO frames of a packet into the stream; false when one lies beyond what is kept. */
function collect(frames: readonly number[], stream: Map<number, number>): boolean {
  const at = numbers(frames, 0);
  while (at.at < frames.length) {
    const type = frames[at.at]!;
    at.skip(1);
    if (type <= 1) continue;
    if (type === 6) {
      const [offset, length] = [at.next(), at.next()];
      if (Number.isNaN(offset + length) || at.at + length > frames.length) return true;
      if (offset + length > 16_384) return false;
      for (let i = 0; i < length; i++) {
        if (!stream.has(offset + i)) stream.set(offset + i, frames[at.at + i]!);
      }
      at.skip(length);
    } else if (type === 2 || type === 3) {
      at.next();
      at.next();
      const ranges = at.next();
      at.next();
      if (!(ranges < 1000)) return true;
      for (let i = 0; i < ranges * 2 + (type === 3 ? 3 : 0); i++) {
        if (Number.isNaN(at.next())) return true;
      }
    } else return true;
  }
  return true;
}

/**
 * What the client of QUIC says in a datagram that is all there is of its flow; null when that is nothing.
 *
 * @param octets what was captured of its payload
 * @param length how long that was on the wire
 */
export function slowInitialHello(octets: readonly number[], length: number): SlowHello | null {
  if (length < 1200 || octets.length === 0 || octets[0]! < 192) return null;
  const stream = new Map<number, number>();
  for (let rest = octets, left = length; rest.length > 0;) {
    const header = slowLongHeader(rest);
    if (header === null || saltOf(header.version) === null) break;
    if ((rest[0]! >> 4) % 4 !== (header.version === 0x6b3343cf ? 1 : 0)) break;
    const at = numbers(rest, 7 + header.destination + header.source);
    const token = at.next();
    at.skip(token);
    const size = at.next();
    if (Number.isNaN(token + size)) {
      if (rest.length < left) return { tls_unread: "cut" };
      break;
    }
    const behind = at.at + size;
    if (behind > left || behind > 16_384 || size < 20) break;
    if (behind > rest.length) return { tls_unread: "cut" };
    const frames = open(rest, at.at, size, header.version);
    if (frames === null) break;
    if (!collect(frames, stream)) return { tls_unread: "long" };
    const said = helloOf(stream);
    if (said !== null && said.tls_unread !== "gap" && said.tls_unread !== "incomplete") return said;
    rest = rest.slice(behind);
    left -= behind;
  }
  return helloOf(stream);
}

function helloOf(stream: ReadonlyMap<number, number>): SlowHello | null {
  if (stream.size === 0) return null;
  let there = 0;
  while (stream.has(there)) there++;
  const message = Array.from({ length: there }, (_, i) => stream.get(i)!);
  const waits = { tls_unread: stream.size > there ? "gap" : "incomplete" };
  if (there < 4) return waits;
  if (message[0] !== 1) return { tls_unread: "malformed" };
  const wanted = 4 + message[1]! * 65_536 + message[2]! * 256 + message[3]!;
  if (wanted > 16_384) return { tls_unread: "long" };
  return there < wanted ? waits : slowClientHello(message.slice(0, wanted), "q");
}
