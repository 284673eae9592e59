// What is the same in the answers of targets that answer alike (src/scan/answered_target.ts).

import { Packet, packet, quoted } from "../../packet.ts";
import { headerLength, PROTOCOL as TCP } from "../../wire/tcp.ts";
import { PROTOCOL as UDP } from "../../wire/udp.ts";
import { templateOf } from "../template.ts";
import { arm, lowerLetters, questionOctets, textAt } from "./proof.ts";
import { canonical, KEPT } from "./shapes.ts";

const UDP_HEADER: usize = 8;
const ICMP_HEADER: usize = 8;
const TCP_HEADER: usize = 20;
const DIGITS: usize = 16;
const TOKEN: usize = 8;

/** Octets that are kept of the answer at hand. */
let kept: usize = 0;

/** Makes the canonical form of a segment, whose timestamps are at a place, 0 for none; octets kept. */
export function canonicalTcp(timestamps: usize): u32 {
  begin(packet.end);
  clear(packet.transport, 12);
  clear(packet.transport + 16, 2);
  if (timestamps != 0) clear(timestamps + 2, 8);
  return u32(kept);
}

/** The same of a DNS answer: header and question. */
export function canonicalDns(): u32 {
  const end = packet.transport + UDP_HEADER + 12 + questionOctets;
  begin(end);
  clearUdp(packet);
  clear(packet.transport + UDP_HEADER, 2);
  const question = canonical + (packet.transport + UDP_HEADER + 12 - packet.ip);
  lowerLetters(question, canonical + kept);
  return u32(kept);
}

/** The same of another datagram. */
export function canonicalUdp(): u32 {
  begin(packet.end);
  clearUdp(packet);
  clear(textAt, DIGITS);
  return u32(kept);
}

/** The same of an echo reply. */
export function canonicalEcho(): u32 {
  const template = templateOf(packet.version, arm);
  begin(packet.end);
  clear(packet.transport + 2, 6);
  clear(packet.transport + template.echoAt - template.transport, TOKEN);
  return u32(kept);
}

/** The same of an ICMP error: what it says, and the headers that it quotes. */
export function canonicalError(): u32 {
  begin(quotedEnd());
  clear(packet.transport + 2, 2);
  clearIp(quoted);
  if (quoted.protocol == TCP) clearQuotedTcp();
  else if (quoted.protocol == UDP) clearUdp(quoted);
  else clear(quoted.transport + 2, 6);
  return u32(kept);
}

/** Where the transport header that is quoted ends. */
function quotedEnd(): usize {
  let length = ICMP_HEADER;
  if (quoted.protocol == TCP) {
    length = quoted.transport + TCP_HEADER > quoted.end
      ? TCP_HEADER
      : max(headerLength(quoted.transport), TCP_HEADER);
  }
  return min(quoted.transport + length, quoted.end);
}

function clearQuotedTcp(): void {
  clear(quoted.transport, 12);
  clear(quoted.transport + 16, 2);
  const template = templateOf(packet.version, arm);
  if (template.timestampAt == 0) return;
  clear(quoted.transport + template.timestampAt - template.transport, 4);
}

/** Copies the packet, up to a place, and clears what its IP header says of a target. */
function begin(end: usize): void {
  kept = min(min(end, packet.end) - packet.ip, KEPT);
  // Calls for so few octets would take longer; the input has room behind it for what is read too far
  for (let at: usize = 0; at < KEPT; at += 16) {
    v128.store(canonical + at, v128.load(packet.ip + at));
  }
  zero(canonical + kept, KEPT - kept);
  clearIp(packet);
}

/** Addresses, and id and checksum or flow label. */
function clearIp(which: Packet): void {
  if (which.version == 4) {
    clear(which.ip + 4, 2);
    clear(which.ip + 10, 10);
    return;
  }
  const at = which.ip - packet.ip;
  if (at + 4 <= kept) {
    store<u32>(canonical + at, load<u32>(canonical + at) & bswap<u32>(0xfff0_0000));
  }
  clear(which.ip + 8, 32);
}

/** Ports and checksum, of which it is kept whether there is one: zero says that there is none (RFC 768). */
function clearUdp(which: Packet): void {
  clear(which.transport, 4);
  const at = which.transport + 6 - packet.ip;
  if (at + 2 <= kept && load<u16>(canonical + at) != 0) store<u16>(canonical + at, 0xffff);
}

/** Clears octets of the packet in its canonical form, as far as they are kept. */
function clear(at: usize, octets: usize): void {
  const from = at - packet.ip;
  if (from >= kept) return;
  zero(canonical + from, min(octets, kept - from));
}

function zero(at: usize, octets: usize): void {
  const end = at + octets;
  for (; at + 8 <= end; at += 8) store<u64>(at, 0);
  for (; at < end; at++) store<u8>(at, 0);
}
