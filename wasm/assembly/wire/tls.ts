// Hellos of TLS, which are not encrypted: RFC 8446, sections 4.1.2, 4.1.3 and 5.1
import { u16be } from "./bytes.ts";

export const CLIENT_HELLO: u8 = 1;
export const SERVER_HELLO: u8 = 2;

/** A handshake message may have no more octets here, with the headers of its records: as many as a record. */
export const LONGEST: usize = 16_384;
const RECORD_HEADER: usize = 5;
const MESSAGE_HEADER: usize = 4;
const HANDSHAKE: u8 = 22;

/** What reading said. */
export const READ: u8 = 0;
export const MALFORMED: u8 = 1;
export const MORE: u8 = 2;
export const TOO_LONG: u8 = 3;

const SERVER_NAME: u16 = 0;
const SIGNATURE_ALGORITHMS: u16 = 13;
const ALPN: u16 = 16;
const SUPPORTED_VERSIONS: u16 = 43;
/** RFC 9849 */
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;

/** Values of one list that are kept; one with more is too long. */
const MOST: usize = 512;

/** The message without the headers of its records. */
const message: usize = memory.data(16384, 8);
let end: usize = 0;
/** How many octets of the stream are missing at least, where there is to be more. */
export let missing: usize = 0;

/** What the last hello said. Lists are of two octets each, without reserved values (RFC 8701). */
export const ciphers: usize = memory.data(1024, 2);
export const extensions: usize = memory.data(1024, 2);
export const algorithms: usize = memory.data(1024, 2);
export const versions: usize = memory.data(1024, 2);
export let cipherCount: usize = 0;
export let extensionCount: usize = 0;
export let algorithmCount: usize = 0;
export let versionCount: usize = 0;
/** The version that a server chose, or the one that a client offers without the extension. */
export let version: u16 = 0;
/** Whether it is a ClientHello. */
export let isClient: bool = false;
/** Whether the extension is there, and its first host name: place and length, 0 without. */
export let hasServerName: bool = false;
export let serverName: usize = 0;
export let serverNameLength: usize = 0;
/** The list of ALPN, each protocol behind its length. */
export let protocols: usize = 0;
export let protocolsLength: usize = 0;
export let isEncrypted: bool = false;

/** Whether a hello may begin here, by the octets at hand: its type, or 0. */
export function helloAt(from: usize, to: usize): u8 {
  if (from + 7 > to || load<u8>(from) != HANDSHAKE || load<u8>(from + 1) != 3) return 0;
  if (load<u8>(from + 2) > 4 || load<u8>(from + 6) != 0) return 0;
  const type = load<u8>(from + RECORD_HEADER);
  return type == CLIENT_HELLO || type == SERVER_HELLO ? type : 0;
}

/** Reads the hello that a stream begins with, of which octets are there. */
export function readHello(from: usize, to: usize): u8 {
  const status = unwrap(from, to);
  return status == READ ? readUnwrapped() : status;
}

/** Reads the hello that a stream without records begins with, of which octets are there (RFC 9001, section 4.1.3). */
export function readMessage(from: usize, to: usize): u8 {
  const there = to - from;
  if (there < MESSAGE_HEADER) return more(MESSAGE_HEADER - there);
  const wanted = MESSAGE_HEADER + (u32(load<u8>(from + 1)) << 16 | u16be(from + 2));
  if (wanted > LONGEST) return TOO_LONG;
  if (there < wanted) return more(wanted - there);
  memory.copy(message, from, wanted);
  end = message + wanted;
  return readUnwrapped();
}

function readUnwrapped(): u8 {
  extensionCount =
    cipherCount =
    algorithmCount =
    versionCount =
      0;
  hasServerName = isEncrypted = false;
  serverNameLength = protocolsLength = 0;
  isClient = load<u8>(message) == CLIENT_HELLO;
  return isClient ? clientHello() : serverHello();
}

/** Puts the message together from the records that it lies in. */
function unwrap(from: usize, to: usize): u8 {
  let length: usize = 0;
  let wanted = MESSAGE_HEADER;
  let at = from;
  while (length < wanted) {
    if (at + RECORD_HEADER > to) return more(at + RECORD_HEADER - to + wanted - length);
    if (load<u8>(at) != HANDSHAKE || load<u8>(at + 1) != 3) return MALFORMED;
    const octets: usize = u16be(at + 3);
    // RFC 8446, section 5.1: handshake records are not empty, and none is longer
    if (octets == 0 || octets > LONGEST) return MALFORMED;
    at += RECORD_HEADER;
    const there = min(octets, to - at);
    const taken = min(there, LONGEST - length);
    memory.copy(message + length, at, taken);
    length += taken;
    if (wanted == MESSAGE_HEADER && length >= MESSAGE_HEADER) {
      wanted = MESSAGE_HEADER + (u32(load<u8>(message + 1)) << 16 | u16be(message + 2));
      if (wanted > LONGEST) return TOO_LONG;
    }
    if (length < wanted && there < octets) return more(wanted - length);
    at += octets;
  }
  end = message + wanted;
  return READ;
}

function more(octets: usize): u8 {
  missing = octets;
  return MORE;
}

function clientHello(): u8 {
  let at = message + MESSAGE_HEADER;
  if (at + 35 > end) return MALFORMED;
  version = u16be(at);
  at = behindShort(at + 34);
  if (at == 0 || at + 2 > end) return MALFORMED;
  const suites: usize = u16be(at);
  at += 2;
  if ((suites & 1) != 0 || at + suites > end) return MALFORMED;
  const count = keep(ciphers, at, suites);
  if (count > MOST) return TOO_LONG;
  cipherCount = count;
  at = behindShort(at + suites);
  return at == 0 ? MALFORMED : readExtensions(at, true);
}

function serverHello(): u8 {
  let at = message + MESSAGE_HEADER;
  if (at + 35 > end) return MALFORMED;
  version = u16be(at);
  at = behindShort(at + 34);
  if (at == 0 || at + 3 > end) return MALFORMED;
  return readExtensions(at + 3, false);
}

/** Behind what has a length of one octet; 0 where it is not there. */
function behindShort(at: usize): usize {
  if (at >= end) return 0;
  const behind = at + 1 + load<u8>(at);
  return behind > end ? 0 : behind;
}

function readExtensions(from: usize, isClient: bool): u8 {
  // Before TLS 1.3 there may be none at all
  if (from == end) return READ;
  if (from + 2 > end || from + 2 + u16be(from) != end) return MALFORMED;
  let at = from + 2;
  while (at < end) {
    if (at + 4 > end) return MALFORMED;
    const type = u16be(at);
    const begin = at + 4;
    at = begin + u16be(at + 2);
    if (at > end) return MALFORMED;
    if (!isClient) {
      if (type == SUPPORTED_VERSIONS && at - begin == 2) version = u16be(begin);
      continue;
    }
    if (isReserved(type)) continue;
    if (extensionCount == MOST) return TOO_LONG;
    store<u16>(extensions + (extensionCount++ << 1), type);
    const status = readExtension(type, begin, at);
    if (status != READ) return status;
  }
  return READ;
}

function readExtension(type: u16, from: usize, to: usize): u8 {
  if (type == ENCRYPTED_CLIENT_HELLO) isEncrypted = true;
  if (type == SERVER_NAME) return readServerName(from, to);
  if (type == ALPN) return readProtocols(from, to);
  if (type == SIGNATURE_ALGORITHMS) {
    if (from + 2 > to || from + 2 + u16be(from) != to || (u16be(from) & 1) != 0) return MALFORMED;
    algorithmCount = keep(algorithms, from + 2, to - from - 2);
    return algorithmCount > MOST ? TOO_LONG : READ;
  }
  if (type == SUPPORTED_VERSIONS) {
    if (from + 1 > to || from + 1 + load<u8>(from) != to || (load<u8>(from) & 1) != 0) {
      return MALFORMED;
    }
    versionCount = keep(versions, from + 1, to - from - 1);
  }
  return READ;
}

/** The first host name of the extension (RFC 6066, section 3). */
function readServerName(from: usize, to: usize): u8 {
  hasServerName = true;
  if (from + 2 > to || from + 2 + u16be(from) != to) return MALFORMED;
  if (from + 5 > to) return READ;
  const length: usize = u16be(from + 3);
  if (from + 5 + length > to) return MALFORMED;
  if (load<u8>(from + 2) != 0) return READ;
  // No name of a host has more octets (RFC 1035, section 2.3.4)
  if (length > 255) return TOO_LONG;
  serverName = from + 5;
  serverNameLength = length;
  return READ;
}

/** The protocols of the extension (RFC 7301, section 3.1). */
function readProtocols(from: usize, to: usize): u8 {
  if (from + 2 > to || from + 2 + u16be(from) != to) return MALFORMED;
  for (let at = from + 2; at < to;) {
    const length = load<u8>(at);
    if (length == 0 || at + 1 + length > to) return MALFORMED;
    at += 1 + length;
  }
  if (to - from - 2 > 255) return TOO_LONG;
  protocols = from + 2;
  protocolsLength = to - from - 2;
  return READ;
}

/** Keeps the values of a list that are not reserved; how many, or more than `MOST`. */
function keep(list: usize, from: usize, octets: usize): usize {
  let count: usize = 0;
  for (let at = from; at < from + octets; at += 2) {
    const value = u16be(at);
    if (isReserved(value)) continue;
    if (count == MOST) return MOST + 1;
    store<u16>(list + (count++ << 1), value);
  }
  return count;
}

/** Values that clients send so that servers learn to pass over what they do not know (RFC 8701: GREASE). */
function isReserved(value: u16): bool {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}
