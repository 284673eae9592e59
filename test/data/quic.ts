/** Initial packets of QUIC clients, encrypted by the runtime's own cryptography (RFC 9001, section 5). */
import { createCipheriv, createHmac } from "node:crypto";
import { be16, be32, join } from "./packets.ts";

export interface Initial {
  readonly version?: number;
  readonly destination?: readonly number[];
  readonly source?: readonly number[];
  readonly token?: readonly number[];
  readonly number?: number;
  /** Octets of the packet number. */
  readonly numberLength?: number;
  /** Octets of the packet, filled with PADDING. */
  readonly size?: number;
}

const hex = (text: string) => Uint8Array.from(text.match(/../g)!, (two) => parseInt(two, 16));
const SECOND = 0x6b3343cf;
const LATE_DRAFTS = hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
const DRAFTS = hex("afbfec289993d24c9e9786f19c6111e04390a899");

function saltOf(version: number): Uint8Array {
  if (version === SECOND) return hex("0dede3def700a6db819381be6e269dcbf9bd2ed9");
  if (version < 0xff000000 || version > 0xff000020) return LATE_DRAFTS;
  return version >= 0xff00001d ? DRAFTS : hex("c3eef712c72ebb5a11a7d2432bb46365bef9f502");
}

const hmac = (key: Uint8Array, data: Uint8Array) =>
  new Uint8Array(createHmac("sha256", key).update(data).digest());

function expand(secret: Uint8Array, label: string, octets: number): Uint8Array {
  const name = new TextEncoder().encode(`tls13 ${label}`);
  return hmac(secret, join(be16(octets), [name.length], name, [0, 1])).slice(0, octets);
}

/** A number of variable length, of two octets or four. */
export const number = (value: number) =>
  value < 0x4000 ? be16(0x4000 | value) : be32(0x80000000 + value);

/** A CRYPTO frame. */
export const crypto = (offset: number, data: Uint8Array) =>
  join([6], number(offset), number(data.length), data);

/** The first octets of a client's secret and of its keys, to compare with the samples of RFC 9001, section A.1. */
export function clientKeys(version: number, destination: readonly number[]) {
  const secret = expand(hmac(saltOf(version), Uint8Array.from(destination)), "client in", 32);
  const prefix = version === SECOND ? "quicv2" : "quic";
  return {
    key: expand(secret, `${prefix} key`, 16),
    iv: expand(secret, `${prefix} iv`, 12),
    hp: expand(secret, `${prefix} hp`, 16),
  };
}

/** An Initial packet of a client. */
export function initial(frames: Uint8Array, form: Initial = {}): Uint8Array<ArrayBuffer> {
  const { version = 1, destination = [1, 2, 3, 4, 5, 6, 7, 8], source = [], token = [] } = form;
  const { number: packetNumber = 0, numberLength = 2, size = 1200 } = form;
  const before = join(
    [(version === SECOND ? 0xd0 : 0xc0) | numberLength - 1],
    be32(version),
    ...[[destination.length], destination, [source.length], source],
    ...[number(token.length), token],
  );
  const room = size - before.length - 2 - numberLength - 16;
  const plain = join(frames, new Uint8Array(Math.max(0, room - frames.length)));
  const shown = be32(packetNumber).slice(4 - numberLength);
  const header = join(before, number(numberLength + plain.length + 16), shown);
  const { key, iv, hp } = clientKeys(version, destination);
  const nonce = iv.map((octet, at) => octet ^ (at < 8 ? 0 : be32(packetNumber)[at - 8]!));
  const cipher = createCipheriv("aes-128-gcm", key, nonce).setAAD(header);
  const sealed = join(cipher.update(plain), cipher.final(), cipher.getAuthTag());
  const sample = sealed.slice(4 - numberLength, 20 - numberLength);
  const mask = createCipheriv("aes-128-ecb", hp, null).update(sample);
  const packet = join(header, sealed);
  packet[0]! ^= mask[0]! & 0x0f;
  for (let i = 0; i < numberLength; i++) packet[header.length - numberLength + i]! ^= mask[1 + i]!;
  return packet;
}
