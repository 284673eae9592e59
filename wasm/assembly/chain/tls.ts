import { annex, annexIfAny } from "../flow/annex.ts";
import { blockCopy, giveBlock, takeBlock } from "../flow/blocks.ts";
import { numbers, optional, optionalFlag, text, texts, word } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { ja4, LENGTH as JA4 } from "../wire/ja4.ts";
import { isBefore } from "../wire/sequence.ts";
import { payload, payloadLength, sequence } from "../wire/tcp.ts";
import * as tls from "../wire/tls.ts";

/** Kept a flow. Texts are as `text` of field.ts has them; behind the rest is a `Pending` of each direction. */
@unmanaged
class State {
  name: u64;
  protocols: u64;
  versions: u64;
  fingerprint: u64;
  /** The block of all texts, and its octets. */
  texts: u32;
  textsSize: u16;
  version: u16;
  known: u8;
  /** Why a hello was not read, as its place among `REASONS`. */
  unread: u8;
  padding: u16;
  padding2: u32;
}

/** A hello that is not there to its end yet. */
@unmanaged
class Pending {
  /** The block of its octets, 0 without one. */
  block: u32;
  /** The sequence number behind those that are there. */
  next: u32;
  size: u16;
  length: u16;
  /** How many there have to be until it is looked at again. */
  wanted: u16;
  padding: u16;
}

/** Bits of `known`. */
const CLIENT: u8 = 1;
const SERVER: u8 = 2;
const ENCRYPTED: u8 = 4;

const REASONS = "cut gap long malformed incomplete busy";
const CUT: u8 = 1;
const GAP: u8 = 2;
const LONG: u8 = 3;
const MALFORMED: u8 = 4;
const INCOMPLETE: u8 = 5;
const BUSY: u8 = 6;

/** Hellos that wait for their rest at once, of all flows: 16 MB at most. */
const MOST: i32 = 1024;
let waiting: i32 = 0;

const PENDING: usize = offsetof<State>();
const EACH: usize = offsetof<Pending>();

export const NAME = "tls";
export const SUMMARY = "Hellos of TLS over TCP (RFC 8446), and JA4 of the client's";
export const ANNEX: usize = PENDING + 2 * EACH;

export function declare(): void {
  const known = offsetof<State>("known");
  numbers(
    "tls_versions",
    offsetof<State>("versions"),
    "versions that the client offers in supported_versions, without reserved ones (772 is TLS 1.3), null without",
  );
  optional(
    "tls_version",
    offsetof<State>("version"),
    2,
    known,
    SERVER,
    "version that the server chose, null before",
  );
  text("tls_sni", offsetof<State>("name"), "host name that the client asks for, null without");
  texts(
    "tls_alpn",
    offsetof<State>("protocols"),
    "protocols that the client offers (ALPN), null without",
  );
  text("tls_ja4", offsetof<State>("fingerprint"), "JA4 of the ClientHello, null before");
  optionalFlag(
    "tls_ech",
    known,
    ENCRYPTED,
    CLIENT,
    "the ClientHello has encrypted_client_hello (RFC 9849), which may be greased; null before",
  );
  word(
    "tls_unread",
    offsetof<State>("unread"),
    REASONS,
    "why a hello was not read: cut (by the capture), gap (a segment is missing or was overtaken), long (more than 16 KiB, or than there is room for), malformed, incomplete (when the record ended), busy (1,024 others wait for their rest); null without",
  );
}

/** For TCP segments only: the first one each way that begins with a hello, and those behind with its rest. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const octets = payloadLength(packet);
  if (octets == 0) return;
  const from = payload(packet);
  let part = annexIfAny(at);
  if (part != 0) {
    const pending = pendingOf(part, reverse);
    if (pending.block != 0) return goOnReading(changetype<State>(part), pending, packet);
  }
  const type = tls.helloAt(from, packet.end);
  if (type == 0) return;
  const which = type == tls.CLIENT_HELLO ? CLIENT : SERVER;
  if (part == 0) part = annex(at, ANNEX);
  if (part == 0) return;
  const state = changetype<State>(part);
  if ((state.known & which) != 0 || state.unread != 0) return;
  const status = tls.readHello(from, min(packet.end, from + octets));
  if (status != tls.MORE) return ended(state, status);
  if (from + octets > packet.end) {
    state.unread = CUT;
    return;
  }
  wait(state, pendingOf(part, reverse), packet, octets);
}

function pendingOf(part: usize, reverse: bool): Pending {
  return changetype<Pending>(part + PENDING + (reverse ? EACH : 0));
}

/** Keeps the octets of a segment until the rest has come. */
function wait(state: State, pending: Pending, packet: Packet, octets: usize): void {
  const wanted = octets + tls.missing;
  if (wanted > tls.LONGEST) {
    state.unread = LONG;
    return;
  }
  const block: usize = waiting == MOST ? 0 : takeBlock(wanted);
  if (block == 0) {
    state.unread = BUSY;
    return;
  }
  waiting++;
  memory.copy(block, payload(packet), octets);
  pending.block = u32(block);
  pending.size = u16(wanted);
  pending.wanted = u16(wanted);
  pending.length = u16(octets);
  pending.next = sequence(packet.transport) + u32(octets);
  state.unread = INCOMPLETE;
}

/** Adds what a segment has behind the octets that are there, and reads the hello when it may be whole. */
function goOnReading(state: State, pending: Pending, packet: Packet): void {
  const begin = sequence(packet.transport);
  const octets = payloadLength(packet);
  if (!isBefore(pending.next, begin + u32(octets))) return;
  if (isBefore(pending.next, begin)) return giveUp(state, pending, GAP);
  const known: usize = pending.next - begin;
  const from = payload(packet) + known;
  const length: usize = pending.length;
  const taken = min(octets - known, usize(pending.wanted) - length);
  if (from + taken > packet.end) return giveUp(state, pending, CUT);
  memory.copy(usize(pending.block) + length, from, taken);
  pending.length += u16(taken);
  pending.next += u32(taken);
  if (pending.length < pending.wanted) return;
  const block: usize = pending.block;
  const status = tls.readHello(block, block + pending.length);
  if (status != tls.MORE) {
    drop(pending);
    state.unread = 0;
    return ended(state, status);
  }
  const wanted = pending.length + tls.missing;
  if (wanted > tls.LONGEST) return giveUp(state, pending, LONG);
  const larger = takeBlock(wanted);
  if (larger == 0) return giveUp(state, pending, BUSY);
  memory.copy(larger, block, pending.length);
  giveBlock(block, pending.size);
  pending.block = u32(larger);
  pending.size = u16(wanted);
  pending.wanted = u16(wanted);
  // What the segment has behind is of the same hello
  if (taken < octets - known) goOnReading(state, pending, packet);
}

function giveUp(state: State, pending: Pending, reason: u8): void {
  drop(pending);
  state.unread = reason;
}

function drop(pending: Pending): void {
  if (pending.block == 0) return;
  giveBlock(pending.block, pending.size);
  pending.block = 0;
  waiting--;
}

/** Keeps what a hello says, or why it says nothing. */
function ended(state: State, status: u8): void {
  if (status != tls.READ) {
    state.unread = status == tls.MALFORMED ? MALFORMED : LONG;
    return;
  }
  if (tls.isClient) return client(state);
  state.known |= SERVER;
  state.version = tls.version;
}

function client(state: State): void {
  const offered = min<usize>(tls.versionCount << 1, 64);
  const octets = JA4 + tls.serverNameLength + tls.protocolsLength + offered;
  const block = takeBlock(octets);
  if (block == 0) {
    state.unread = BUSY;
    return;
  }
  state.known |= tls.isEncrypted ? CLIENT | ENCRYPTED : CLIENT;
  state.texts = u32(block);
  state.textsSize = u16(octets);
  ja4(block);
  setText(state, offsetof<State>("fingerprint"), block, JA4);
  const name = block + JA4;
  memory.copy(name, tls.serverName, tls.serverNameLength);
  setText(state, offsetof<State>("name"), name, tls.serverNameLength);
  const protocols = name + tls.serverNameLength;
  memory.copy(protocols, tls.protocols, tls.protocolsLength);
  setText(state, offsetof<State>("protocols"), protocols, tls.protocolsLength);
  const versions = protocols + tls.protocolsLength;
  memory.copy(versions, tls.versions, offered);
  setText(state, offsetof<State>("versions"), versions, offered);
}

function setText(state: State, field: usize, at: usize, length: usize): void {
  store<u32>(changetype<usize>(state) + field, u32(at));
  store<u32>(changetype<usize>(state) + field, u32(length), 4);
}

/** Gives back the texts, and hellos that are not whole. */
export function release(annex: usize): void {
  const state = changetype<State>(annex);
  if (state.texts != 0) giveBlock(state.texts, state.textsSize);
  drop(pendingOf(annex, false));
  drop(pendingOf(annex, true));
}

/** Hellos hold for all parts of a flow; the rest of one that is not whole is for the next part. */
export function goOn(from: usize, to: usize): void {
  const next = blockCopy(from, to, ANNEX);
  if (next == 0) return;
  const old = annexIfAny(from);
  pendingOf(old, false).block = 0;
  pendingOf(old, true).block = 0;
  const state = changetype<State>(next);
  if (state.texts == 0) return;
  const block = blockCopy(
    old + offsetof<State>("texts"),
    next + offsetof<State>("texts"),
    state.textsSize,
  );
  move(state, offsetof<State>("name"), old, block);
  move(state, offsetof<State>("protocols"), old, block);
  move(state, offsetof<State>("versions"), old, block);
  move(state, offsetof<State>("fingerprint"), old, block);
}

/** Lets a text lie in a copy of its block; without one there is none. */
function move(state: State, field: usize, old: usize, block: usize): void {
  const at = changetype<usize>(state) + field;
  if (block == 0) return store<u64>(at, 0);
  const place = load<u32>(at) - changetype<State>(old).texts;
  store<u32>(at, u32(block) + place);
}
