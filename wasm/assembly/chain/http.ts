import { word } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { httpVersion, NONE } from "../wire/http.ts";
import { payload, payloadLength } from "../wire/tcp.ts";

// Kept a flow: of each direction an octet. What the first payload said, or that it said nothing.
const REVERSE: usize = 1;
/** There was a payload; above the place of its word. */
const SEEN: u8 = 0x80;
const WORDS = "1.0 1.1 2";

export const NAME = "http";
export const SUMMARY = "HTTP version of what is not encrypted (RFC 9112, RFC 9113)";
export const SIZE: usize = 2;

export function declare(): void {
  word(
    "http_version_fwd",
    0,
    WORDS,
    "version in the request or status line, or connection preface of HTTP/2, that the first payload forward begins with; null without",
  );
  word("http_version_rev", REVERSE, WORDS, "the same of the first payload in reverse");
}

/** For TCP segments only. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const place = at + (reverse ? REVERSE : 0);
  if (load<u8>(place) != NONE || payloadLength(packet) == 0) return;
  const from = payload(packet);
  const found = from < packet.end ? httpVersion(from, packet.end) : NONE;
  store<u8>(place, found == NONE ? SEEN : found);
}

/** What a connection began with holds for all parts of its flow. */
export function goOn(from: usize, to: usize): void {
  memory.copy(to, from, SIZE);
}
