// What a client says first in QUIC is encrypted with keys that follow from its own packet, so that
// anyone on the way can read it (RFC 9001, section 5.2; RFC 9369, section 3.3).
import * as aes from "./aes.ts";
import { putU16be, putU32be } from "./bytes.ts";
import { NONCE, open, TAG } from "./gcm.ts";
import { destinationLength, longHeader, sourceLength, VERSION_1, VERSION_2 } from "./quic.ts";
import * as quic from "./quic.ts";
import { DIGEST, keyed } from "./sha256.ts";

/** What opening a packet said: it is no Initial of a client, the capture cut it, or it is open. */
export const NO_INITIAL: u8 = 0;
export const CUT: u8 = 1;
export const OPENED: u8 = 2;

/** No longer packet is opened. */
const LONGEST: usize = 16_384;

/** Header and frames of the packet that was opened last. */
const opened: usize = memory.data(16_384, 16);
/** Behind it, where the datagram may have another packet. */
export let behind: usize = 0;

/** The CRYPTO frame that was found last (RFC 9000, section 19.6): its place in the stream, and its data. */
export let offset: u64 = 0;
export let data: usize = 0;
export let dataLength: usize = 0;

/** Salts of version 1, which is that of drafts 33 and 34 too, of version 2, of drafts 29 to 32, and of those before. */
const SALTS: usize = memory.data<u32>([
  0x3876_2cf7,
  0xf559_34b3,
  0x4d17_9ae6,
  0xa4c8_0cad,
  0xccbb_7f0a,
  0x0ded_e3de,
  0xf700_a6db,
  0x8193_81be,
  0x6e26_9dcb,
  0xf9bd_2ed9,
  0xafbf_ec28,
  0x9993_d24c,
  0x9e97_86f1,
  0x9c61_11e0,
  0x4390_a899,
  0xc3ee_f712,
  0xc72e_bb5a,
  0x11a7_d243,
  0x2bb4_6365,
  0xbef9_f502,
], 4);
const SALT: usize = 20;

const secret: usize = memory.data(32, 4);
const info: usize = memory.data(32, 4);
const key: usize = memory.data(32, 16);
const nonce: usize = memory.data(32, 4);
const mask: usize = memory.data(16, 16);

/** Where the octets at hand are read, and where they end. */
let cursor: usize = 0;
let end: usize = 0;
/** A number has more octets than there are. */
let isShort: bool = false;

/**
 * Opens the packet that begins at a place of a datagram's payload.
 *
 * @param to where what was captured of it ends
 * @param wireTo where it ended on the wire
 */
export function openInitial(from: usize, to: usize, wireTo: usize): u8 {
  if (!longHeader(from, to)) return NO_INITIAL;
  const version = quic.version;
  const salt = saltOf(version);
  // The two bits of the type mean other packets in version 2 (RFC 9369, section 3.2)
  const type: u8 = version == VERSION_2 ? 1 : 0;
  if (salt == 0 || ((load<u8>(from) >> 4) & 3) != type) return NO_INITIAL;
  begin(from + 7 + destinationLength + sourceLength, to);
  const token = usize(min<u64>(number(), LONGEST));
  cursor += token;
  const length = usize(min<u64>(number(), LONGEST));
  if (isShort) return to < wireTo ? CUT : NO_INITIAL;
  const numberAt = cursor;
  behind = numberAt + length;
  if (behind > wireTo || behind - from > LONGEST || length < 4 + TAG) return NO_INITIAL;
  if (behind > to) return CUT;
  makeKeys(salt, from + 6, destinationLength, version == VERSION_2);
  return decrypt(from, numberAt, length) ? OPENED : NO_INITIAL;
}

/** The salt of a version; 0 where none is known. */
function saltOf(version: u32): usize {
  if (version == VERSION_1 || version == 0xff00_0021 || version == 0xff00_0022) return SALTS;
  if (version == VERSION_2) return SALTS + SALT;
  if (version >= 0xff00_001d && version <= 0xff00_0020) return SALTS + 2 * SALT;
  return version == 0xff00_001b || version == 0xff00_001c ? SALTS + 3 * SALT : 0;
}

/** Makes the client's secret of the connection ID that it chose (HKDF, RFC 5869). */
function makeKeys(salt: usize, id: usize, idLength: usize, isSecond: bool): void {
  for (let i: usize = 0; i < SALT; i += 4) putU32be(info + i, load<u32>(salt + i));
  keyed(info, SALT, id, idLength, secret);
  expand("client in", DIGEST, key);
  memory.copy(secret, key, DIGEST);
  expand(isSecond ? "quicv2 iv" : "quic iv", NONCE, nonce);
  expand(isSecond ? "quicv2 hp" : "quic hp", aes.BLOCK, key);
}

/** HKDF-Expand-Label without a context (RFC 8446, section 7.1), of at most `DIGEST` octets. */
function expand(label: string, octets: usize, to: usize): void {
  putU16be(info, u32(octets));
  let at = text("tls13 ", info + 3);
  at = text(label, at);
  store<u8>(info, u8(at - info - 3), 2);
  store<u8>(at, 0);
  store<u8>(at, 1, 1);
  keyed(secret, DIGEST, info, at + 2 - info, to);
}

function text(characters: string, to: usize): usize {
  for (let i = 0; i < characters.length; i++) store<u8>(to++, u8(characters.charCodeAt(i)));
  return to;
}

/** Takes away the protection of the header (RFC 9001, section 5.4), then that of the payload. */
function decrypt(from: usize, numberAt: usize, length: usize): bool {
  aes.setKey(key);
  aes.encrypt(numberAt + 4, mask);
  const first = load<u8>(from) ^ load<u8>(mask) & 0x0f;
  const numberLength: usize = (first & 3) + 1;
  const header = numberAt + numberLength - from;
  memory.copy(opened, from, header);
  store<u8>(opened, first);
  for (let i: usize = 0; i < numberLength; i++) {
    const at = opened + header - numberLength + i;
    const octet = load<u8>(at) ^ load<u8>(mask + 1 + i);
    store<u8>(at, octet);
    const place = nonce + NONCE - numberLength + i;
    store<u8>(place, load<u8>(place) ^ octet);
  }
  expand(quic.version == VERSION_2 ? "quicv2 key" : "quic key", aes.BLOCK, key);
  aes.setKey(key);
  const octets = length - numberLength - TAG;
  if (!open(nonce, opened, header, from + header, octets, opened + header)) return false;
  begin(opened + header, opened + header + octets);
  return true;
}

/** Finds the next CRYPTO frame of the packet that is open; false behind the last. */
export function nextCrypto(): bool {
  while (cursor < end) {
    const type = load<u8>(cursor++);
    // PADDING and PING
    if (type <= 1) continue;
    if (type == 6) {
      offset = number();
      const length = number();
      if (isShort || length > u64(end - cursor)) return false;
      data = cursor;
      dataLength = usize(length);
      cursor += dataLength;
      return true;
    }
    // ACK, with counts of ECN or without; nothing else that an Initial may have has one behind it
    if (type != 2 && type != 3) return false;
    skipAcknowledgment(type == 3);
    if (isShort) return false;
  }
  return false;
}

function skipAcknowledgment(hasCounts: bool): void {
  number();
  number();
  const ranges = number();
  number();
  for (let i: u64 = 0; i < ranges && !isShort; i++) {
    number();
    number();
  }
  for (let i = 0; hasCounts && i < 3; i++) number();
}

function begin(from: usize, to: usize): void {
  cursor = from;
  end = to;
  isShort = false;
}

/** A number of one, two, four or eight octets (RFC 9000, section 16). */
function number(): u64 {
  const octets: usize = cursor < end ? 1 << (load<u8>(cursor) >> 6) : 1;
  if (cursor > end || octets > end - cursor) {
    isShort = true;
    return 0;
  }
  let value: u64 = load<u8>(cursor) & 0x3f;
  for (let i: usize = 1; i < octets; i++) value = value << 8 | load<u8>(cursor + i);
  cursor += octets;
  return value;
}
