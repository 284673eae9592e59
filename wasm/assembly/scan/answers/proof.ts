// Whether what came in gives the token of a probe back. Nothing is remembered of probes: those are made
// again that it may answer.

import { allocate } from "../../memory.ts";
import { packet, quoted } from "../../packet.ts";
import { u16be, u32be } from "../../wire/bytes.ts";
import { hexadecimal } from "../hexadecimal.ts";
import {
  armsOver,
  DNS,
  ECHO,
  longestFrame,
  SEQUENCE,
  STEP,
  Template,
  templateOf,
  TEXT,
} from "../template.ts";
import { flowOf, packetId, probeToken, sourcePort, targetToken } from "../token.ts";
import { sourceAt, write } from "../write.ts";
import { knownEpochs, rounds, validEpochs } from "./expected.ts";

/** It gives back the token of a probe that is waited for. */
export const PROVED: u32 = 0;
/** The same of one that is no longer waited for. */
export const EXPIRED: u32 = 1;
/** It comes where an answer may, without a whole token. */
export const PARTLY: u32 = 2;
/** No probe has to do with it. */
export const NOTHING: u32 = 3;

// What gives the token back
/** The acknowledgment number of a segment. */
export const ACKNOWLEDGED: u32 = 0;
/** Id and question of a DNS answer. */
export const ANSWERED: u32 = 1;
/** The text of another datagram. */
export const REPEATED_TEXT: u32 = 2;
/** Sequence number and payload of an echo reply. */
export const ECHOED: u32 = 3;
/** The packet that an ICMP error quotes. */
export const QUOTED: u32 = 4;

const UDP_HEADER: usize = 8;
const ICMP_HEADER: usize = 8;
const DNS_HEADER: usize = 12;
const DIGITS: usize = 16;
const TOKEN: usize = 8;
/** Letters in ASCII differ by this bit in upper and lower case. */
const CASE: u8 = 0x20;

/** The target at hand, as a row: set by `setTarget`. */
export const row: usize = memory.data(24, 8);

// The probe that was found
export let arm: u32 = 0;
export let round: u32 = 0;
export let epoch: u32 = 0;
export let flow: u64 = 0;
/** Octets of its question with type and class, in a DNS answer. */
export let questionOctets: usize = 0;
/** Where the token stands in a text. */
export let textAt: usize = 0;

/** A probe is written here. */
let probe: usize = 0;
/** Whether something of a token was given back. */
let isPart: bool = false;

const PLACES: i32 = 256;
/** Where 16 digits stand in the payload at hand. */
const places: usize = memory.data(1024, 4);
let placeCount: i32 = 0;

/** Makes room for a probe, after the templates are complete; false when memory is used up. */
export function reserveProof(): bool {
  probe = allocate(longestFrame + STEP);
  return probe != 0;
}

/** Sets the target: an address of a packet, and a port as it stands there. */
export function setTarget(address: usize, version: u32, port: u16): void {
  if (version == 4) {
    store<u64>(row, 0);
    store<u64>(row, u64(0xffff_0000) | u64(load<u32>(address)) << 32, 8);
  } else {
    store<u64>(row, load<u64>(address));
    store<u64>(row, load<u64>(address, 8), 8);
  }
  store<u64>(row, u64(port), 16);
}

/**
 * Finds the probe to the target at hand, from one of our ports, that the packet at hand answers.
 *
 * @param now the epoch
 */
export function prove(look: u32, port: u32, now: u32): u32 {
  const version = u32(packet.version);
  const arms = armsOver(version);
  if (arms == 0) return NOTHING;
  const target = targetToken(row);
  if (!isOurs(target, version)) return NOTHING;
  isPart = false;
  if (look == REPEATED_TEXT) findDigits();
  const epochs = min(knownEpochs, now);
  for (let r: u32 = 0; r < rounds; r++) {
    for (let a: u32 = 0; a < arms; a++) {
      const from = flowOf(target, a, r);
      if (sourcePort(from) != port) continue;
      const template = templateOf(version, a);
      if (!fits(look, template)) continue;
      for (let back: u32 = 0; back <= epochs; back++) {
        const token = probeToken(row, a, r, now - back);
        if (!shows(look, template, target, a, r, now - back, token)) continue;
        arm = a;
        round = r;
        epoch = now - back;
        flow = from;
        return back <= validEpochs ? PROVED : EXPIRED;
      }
    }
  }
  return isPart ? PARTLY : NOTHING;
}

/** Whether a packet comes to the address that the target saw. */
function isOurs(target: u64, version: u32): bool {
  const source = sourceAt(target, version);
  if (version == 4) return load<u32>(packet.destination) == load<u32>(source);
  return load<u64>(packet.destination) == load<u64>(source) &&
    load<u64>(packet.destination, 8) == load<u64>(source, 8);
}

/** Whether an arm's probes can be answered so. */
function fits(look: u32, template: Template): bool {
  const echo = template.echo;
  if (look == ACKNOWLEDGED) return echo == SEQUENCE;
  if (look == ANSWERED) {
    isPart = isPart || echo == DNS;
    return echo == DNS;
  }
  if (look == REPEATED_TEXT) {
    isPart = isPart || echo == TEXT;
    return echo == TEXT;
  }
  if (look == ECHOED) return echo == ECHO;
  if (template.protocol != u32(quoted.protocol)) return false;
  isPart = isPart || !isTokenQuoted(template);
  return true;
}

function shows(
  look: u32,
  template: Template,
  target: u64,
  a: u32,
  r: u32,
  e: u32,
  token: u64,
): bool {
  if (look == ACKNOWLEDGED) return u32be(packet.transport + 8) - 1 == u32(token);
  if (look == REPEATED_TEXT) return isTextThere(token);
  if (look == ECHOED) return isEchoed(template, token);
  if (look == ANSWERED) {
    if (u16be(packet.transport + UDP_HEADER) != u16(token)) return false;
    write(template, probe, row, target, a, r, e, 0);
    return isQuestionRepeated(template);
  }
  if (template.echo == SEQUENCE) return isSequenceQuoted(u32(token));
  if (isTokenQuoted(template)) {
    write(template, probe, row, target, a, r, e, 0);
    return isSame(template, template.echoAt, echoEnd(template));
  }
  if (quoted.version == 4 && u32(u16be(quoted.ip + 4)) != packetId(token)) return false;
  if (!isHeaderEnough(quoted.version)) return false;
  write(template, probe, row, target, a, r, e, 0);
  return isHeaderQuoted(template);
}

// DNS

/** Whether a DNS answer has the question of the probe that was written, letter for letter. */
function isQuestionRepeated(template: Template): bool {
  const asked = probe + template.echoAt + DNS_HEADER;
  const length = echoEnd(template) - template.echoAt - DNS_HEADER;
  const at = packet.transport + UDP_HEADER + DNS_HEADER;
  isPart = true;
  // QR is set, and there is one question (RFC 1035, section 4.1.1)
  if (at + length > packet.end || (load<u8>(at - 10) & 0x80) == 0 || u16be(at - 8) != 1) {
    return false;
  }
  questionOctets = length;
  return memory.compare(at, asked, length) == 0;
}

/** Where the echo ends in a frame: that of DNS with its question. */
function echoEnd(template: Template): usize {
  if (template.echo == TEXT) return template.echoAt + DIGITS;
  if (template.echo == ECHO) return template.echoAt + TOKEN;
  const end = template.frame + template.octets;
  let at = template.frame + template.echoAt + DNS_HEADER;
  while (at < end && load<u8>(at) != 0) at += usize(load<u8>(at)) + 1;
  // The root, type and class
  return min(at + 5, end) - template.frame;
}

// Text

/** Notes where 16 digits in a row stand in the payload of the datagram at hand. */
function findDigits(): void {
  placeCount = 0;
  let run: usize = 0;
  for (let at = packet.transport + UDP_HEADER; at < packet.end; at++) {
    const octet = load<u8>(at);
    const isDigit = (octet >= 0x30 && octet <= 0x39) || (octet >= 0x61 && octet <= 0x66);
    run = isDigit ? run + 1 : 0;
    if (run < DIGITS || placeCount == PLACES) continue;
    store<u32>(places + (usize(placeCount++) << 2), u32(at + 1 - DIGITS));
  }
}

function isTextThere(token: u64): bool {
  const upper = hexadecimal(u32(token >> 32));
  const lower = hexadecimal(u32(token));
  for (let i = 0; i < placeCount; i++) {
    textAt = usize(load<u32>(places + (usize(i) << 2)));
    if (load<u64>(textAt) == upper && load<u64>(textAt, 8) == lower) return true;
  }
  return false;
}

// ICMP

function isEchoed(template: Template, token: u64): bool {
  if (u16be(packet.transport + 6) != u16(token)) return false;
  isPart = true;
  const at = packet.transport + template.echoAt - template.transport;
  return at + TOKEN <= packet.end && load<u64>(at) == bswap<u64>(token);
}

/** Octets that are there of the transport header that is quoted, and of what is behind it. */
function quotedOctets(): usize {
  return quoted.end - quoted.transport;
}

/** Whether a quotation is long enough to show the whole token. */
function isTokenQuoted(template: Template): bool {
  if (template.echo == SEQUENCE) return quotedOctets() >= 8;
  return quotedOctets() >= echoEnd(template) - template.transport;
}

function isSequenceQuoted(sequence: u32): bool {
  return quotedOctets() >= 8 && u32be(quoted.transport + 4) == sequence;
}

/** Whether places of the transport are quoted as they stand in the probe that was written. */
function isSame(template: Template, from: usize, to: usize): bool {
  const at = quoted.transport + from - template.transport;
  return memory.compare(at, probe + from, to - from) == 0;
}

/**
 * Whether the headers of IP and transport show enough of a token where no more is quoted (RFC 792 asks
 * for eight octets): 16 bits of it or the flow label, and a checksum of all there is. The same holds for
 * all arms, since what is taken for one and not for the other would be a difference between them.
 */
function isHeaderEnough(version: u32): bool {
  for (let a: u32 = 0; a < armsOver(version); a++) {
    const template = templateOf(version, a);
    if (template.checksum == 0 || (version == 6 && !template.fillsLabel)) return false;
  }
  return true;
}

function isHeaderQuoted(template: Template): bool {
  if (quotedOctets() < ICMP_HEADER) return false;
  const ip = probe + template.ip;
  const isLabel = quoted.version == 4 ||
    ((load<u32>(quoted.ip) ^ load<u32>(ip)) & bswap<u32>(0xf_ffff)) == 0;
  return isLabel && isSame(template, template.transport, template.transport + ICMP_HEADER);
}

/** Makes the letters of the question in a canonical answer lower case. */
export function lowerLetters(at: usize, end: usize): void {
  for (; at < end; at++) {
    const octet = load<u8>(at);
    if (octet >= 0x41 && octet <= 0x5a) store<u8>(at, octet | CASE);
  }
}
