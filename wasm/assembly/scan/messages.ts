// What sendmmsg(2) is handed: rows of targets are written as frames into slots, of which each has a
// message that points to it. Two halves of so many slots each: one is filled while the kernel reads
// the other. Pointers are those of the process, which are known as long as memory does not grow.

import { allocate } from "../memory.ts";
import { longestFrame, STEP } from "./template.ts";

/** Octets of a target's row (src/scan/target_row.ts). */
export const ROW: usize = 24;

// struct mmsghdr, where pointers and lengths are 64 bits wide (bits/socket.h)
const MESSAGE: usize = 64;
const NAME: usize = 0;
const NAME_LENGTH: usize = 8;
const VECTOR: usize = 16;
const VECTOR_COUNT: usize = 24;
// struct iovec
const PIECE: usize = 16;
const PIECE_LENGTH: usize = 8;
/** Octets that are left for a message's address; the longest is a sockaddr_in6. */
const ADDRESS: usize = 32;

/** Kinds of names besides `packet`: `NAMES` in src/scan/probe_writer.ts. */
const NO_NAMES: u32 = 0;
const INET: u32 = 1;

// Names, which are socket addresses (linux/in.h, linux/in6.h, linux/if_packet.h)
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
const AF_PACKET: u16 = 17;
const SOCKADDR_IN: u32 = 16;
const SOCKADDR_IN6: u32 = 28;
const SOCKADDR_LL: u32 = 20;
// As they stand in memory, in network byte order
const ETHERTYPE_IPV4: u16 = 0x0008;
const ETHERTYPE_IPV6: u16 = 0xdd86;

let rows: usize = 0;
let messages: usize = 0;
let pieces: usize = 0;
let addresses: usize = 0;
let frames: usize = 0;
let slotSize: usize = 0;
let slots: usize = 0;
let names: u32 = NO_NAMES;
let device: u32 = 0;

/**
 * Makes room for frames of the templates that there are: false when memory is used up. It does not grow
 * any more after that.
 *
 * @param count slots of each half
 * @param interfaceIndex by which the messages leave, for the sake of their names
 */
export function reserveMessages(count: usize, nameKind: u32, interfaceIndex: u32): bool {
  slots = count;
  names = nameKind;
  device = interfaceIndex;
  slotSize = (longestFrame + STEP + 63) & ~63;
  rows = allocate(count * ROW);
  messages = allocate(2 * count * MESSAGE);
  pieces = allocate(2 * count * PIECE);
  addresses = names == NO_NAMES ? 0 : allocate(2 * count * ADDRESS);
  frames = allocate(2 * count * slotSize);
  return rows != 0 && messages != 0 && pieces != 0 && frames != 0 &&
    (names == NO_NAMES || addresses != 0);
}

/** Where rows go before they are written. */
export function scanRowsAt(): usize {
  return rows;
}

/** Where the messages of a half are. */
export function scanMessagesAt(half: u32): usize {
  return messages + usize(half) * slots * MESSAGE;
}

/** Writes the pointers, given where memory lies in the process. */
export function scanPointers(base: u64): void {
  for (let slot: usize = 0; slot < 2 * slots; slot++) {
    const message = messages + slot * MESSAGE;
    const piece = pieces + slot * PIECE;
    store<u64>(piece, base + frames + slot * slotSize);
    store<u64>(message + VECTOR, base + piece);
    store<u64>(message + VECTOR_COUNT, 1);
    if (names != NO_NAMES) store<u64>(message + NAME, base + addresses + slot * ADDRESS);
  }
}

/** The first slot of a half; the others follow. */
export function firstSlot(half: u32): usize {
  return usize(half) * slots;
}

/** Where the frame of a slot goes. */
export function frameAt(slot: usize): usize {
  return frames + slot * slotSize;
}

/** Completes the message of a slot, whose frame has so many octets and goes to the target of a row. */
export function completeMessage(slot: usize, octets: usize, version: u32, row: usize): void {
  store<u64>(pieces + slot * PIECE + PIECE_LENGTH, octets);
  if (names == NO_NAMES) return;
  const address = addresses + slot * ADDRESS;
  const length = names == INET
    ? version == 4 ? putInet(address, row) : putInet6(address, row)
    : putLink(address, version);
  store<u32>(messages + slot * MESSAGE + NAME_LENGTH, length);
}

/** Ports of raw sockets' addresses are 0 (ipv6(7)); what is 0 here always is so since the memory is new. */
function putInet(at: usize, row: usize): u32 {
  store<u16>(at, AF_INET);
  store<u32>(at, load<u32>(row, 12), 4);
  return SOCKADDR_IN;
}

function putInet6(at: usize, row: usize): u32 {
  store<u16>(at, AF_INET6);
  v128.store(at, v128.load(row), 8);
  // Only what has to tell its link may (RFC 4007, section 6): fe80::/10
  store<u32>(at, (load<u16>(row) & 0xc0ff) == 0x80fe ? device : 0, 24);
  return SOCKADDR_IN6;
}

function putLink(at: usize, version: u32): u32 {
  store<u16>(at, AF_PACKET);
  store<u16>(at, version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6, 2);
  store<u32>(at, device, 4);
  return SOCKADDR_LL;
}
