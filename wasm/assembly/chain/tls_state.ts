import { annexIfAny } from "../flow/annex.ts";
import { blockCopy, giveBlock, takeBlock } from "../flow/blocks.ts";
import { drop as dropPieces, Pieces } from "../flow/pieces.ts";
import { ja4, LENGTH as JA4 } from "../wire/ja4.ts";
import * as tls from "../wire/tls.ts";

/** Kept a flow. Texts are as `text` of field.ts has them; behind the rest is a `Pending` of each direction. */
@unmanaged
export class State {
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

/** A hello that is not there to its end yet, or of which what came first is not its beginning. */
@unmanaged
export class Pending extends Pieces {
  /** Over TCP the sequence number of its first octet. */
  begin: u32;
  /** How many octets there have to be until it is looked at; 0 while its beginning is not there. */
  wanted: u16;
  padding2: u16;
}

/** Bits of `known`. */
export const CLIENT: u8 = 1;
export const SERVER: u8 = 2;
export const ENCRYPTED: u8 = 4;

export const REASONS = "cut gap long malformed incomplete busy";
export const CUT: u8 = 1;
export const GAP: u8 = 2;
export const LONG: u8 = 3;
export const MALFORMED: u8 = 4;
export const INCOMPLETE: u8 = 5;
export const BUSY: u8 = 6;

/** Hellos that wait for their rest at once, of all flows: 18 MB at most. */
const MOST: i32 = 1024;
let waiting: i32 = 0;
/** Flows of which something waits for what it has overtaken, and may be no hello. */
const MOST_AHEAD: i32 = 256;
let ahead: i32 = 0;

const PENDING: usize = offsetof<State>();
const EACH: usize = offsetof<Pending>();
export const SIZE: usize = PENDING + 2 * EACH;

export function pendingOf(state: usize, reverse: bool): Pending {
  return changetype<Pending>(state + PENDING + (reverse ? EACH : 0));
}

/** Lets a hello wait for so many octets; false where as many wait as may. */
export function wait(pending: Pending, wanted: usize): bool {
  if (waiting == MOST) return false;
  waiting++;
  if (pending.octets != 0) ahead--;
  pending.wanted = u16(wanted);
  return true;
}

/** Whether something may wait for what it has overtaken. */
export function mayBeAhead(pending: Pending): bool {
  return pending.octets != 0 || ahead < MOST_AHEAD;
}

/** Notes that something waits for what it has overtaken. */
export function isAhead(): void {
  ahead++;
}

/** Forgets what waits. */
export function drop(pending: Pending): void {
  if (pending.wanted != 0) waiting--;
  else if (pending.octets != 0) ahead--;
  pending.wanted = 0;
  dropPieces(pending);
}

export function giveUp(state: State, pending: Pending, reason: u8): void {
  drop(pending);
  state.unread = reason;
}

/** Keeps what a hello says, or why it says nothing. */
export function ended(state: State, status: u8, transport: u8): void {
  if (status != tls.READ) {
    state.unread = status == tls.MALFORMED ? MALFORMED : LONG;
    return;
  }
  if (tls.isClient) return client(state, transport);
  state.known |= SERVER;
  state.version = tls.version;
}

function client(state: State, transport: u8): void {
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
  ja4(block, transport);
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
  const next = blockCopy(from, to, SIZE);
  if (next == 0) return;
  const old = annexIfAny(from);
  memory.fill(old + PENDING, 0, 2 * EACH);
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
