import { word } from "../output/field.ts";
import { Packet } from "../packet.ts";
import {
  beginsWithSettings,
  HTTP_1_1,
  HTTP_2,
  httpVersion,
  isPreface,
  NONE,
} from "../wire/http.ts";
import { payload, payloadLength } from "../wire/tcp.ts";

// Kept a flow: of each direction an octet. What the first payload said, or that it said nothing.
const REVERSE: usize = 1;
/** There was a payload; above the place of its word. */
const SEEN: u8 = 0x80;
/** The first one began with settings of HTTP/2, which says nothing while the client has not. */
const SETTINGS: u8 = 0x90;
const BOTH_2: u16 = u16(HTTP_2) << 8 | HTTP_2;
const WORDS = "1.0 1.1 2";

export const NAME = "http";
export const SUMMARY = "HTTP version of what is not encrypted (RFC 9112, RFC 9113)";
export const SIZE: usize = 2;

export function declare(): void {
  word(
    "http_version_fwd",
    0,
    WORDS,
    "version in the request or status line that the first payload forward begins with, or 2: a client's connection preface, also behind an upgrade from 1.1, or a server's settings where the client sent that; null without",
  );
  word("http_version_rev", REVERSE, WORDS, "the same in reverse");
}

/** For TCP segments only. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const place = at + (reverse ? REVERSE : 0);
  const other = at + (reverse ? 0 : REVERSE);
  const before = load<u8>(place);
  if (before != NONE && before != HTTP_1_1 || payloadLength(packet) == 0) return;
  const from = payload(packet);
  if (before == HTTP_1_1) {
    // RFC 7540, section 3.2: behind its answer to the upgrade the server goes on in HTTP/2
    if (isPreface(from, packet.end) && load<u8>(other) == HTTP_1_1) store<u16>(at, BOTH_2);
    return;
  }
  let found = from < packet.end ? httpVersion(from, packet.end) : NONE;
  if (found == NONE) found = beginsWithSettings(from, packet.end) ? SETTINGS : SEEN;
  store<u8>(place, found);
  if (found == HTTP_2 && load<u8>(other) == SETTINGS) store<u8>(other, HTTP_2);
  if (found == SETTINGS && load<u8>(other) == HTTP_2) store<u8>(place, HTTP_2);
}

/** What a connection began with holds for all parts of its flow. */
export function goOn(from: usize, to: usize): void {
  memory.copy(to, from, SIZE);
}
