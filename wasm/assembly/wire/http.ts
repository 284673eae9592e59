// RFC 9112, sections 3 and 4; RFC 9113, sections 3.4, 4.1 and 6.5
import { u16be, u32be } from "./bytes.ts";

export const NONE: u8 = 0;
export const HTTP_1_0: u8 = 1;
export const HTTP_1_1: u8 = 2;
export const HTTP_2: u8 = 3;

/** `HTTP`, `/1.` with one octet more, and the connection preface of HTTP/2 in its parts. */
const HTTP: u32 = 0x4854_5450;
const ONE: u32 = 0x2f31_2e00;
const PREFACE: u64 = 0x5052_4920_2a20_4854;
const PREFACE_2: u64 = 0x5450_2f32_2e30_0d0a;
const PREFACE_3: u64 = 0x0d0a_534d_0d0a_0d0a;
/** Octets of `HTTP/1.1`. */
const VERSION: usize = 8;
/** No method that is registered has more letters (RFC 3253: BASELINE-CONTROL, VERSION-CONTROL). */
const LONGEST_METHOD: usize = 20;

/** The version of HTTP that a connection's first octets in a direction say, between two places; NONE when they say none. */
export function httpVersion(from: usize, to: usize): u8 {
  if (from + VERSION >= to) return NONE;
  if (u32be(from) == HTTP) {
    // A status line: the version and a space
    return load<u8>(from + VERSION) == 0x20 ? versionAt(from) : NONE;
  }
  if (isPreface(from, to)) return HTTP_2;
  return inRequest(from, to);
}

/** Whether the octets begin with what a client of HTTP/2 says first. */
export function isPreface(from: usize, to: usize): bool {
  return from + 24 <= to && bswap<u64>(load<u64>(from)) == PREFACE &&
    bswap<u64>(load<u64>(from, 8)) == PREFACE_2 && bswap<u64>(load<u64>(from, 16)) == PREFACE_3;
}

/** A frame's header of HTTP/2, and a setting: an identifier of two octets, a value of four. */
const FRAME_HEADER: usize = 9;
const SETTING: usize = 6;
const SETTINGS: u8 = 4;
/** More settings than that no implementation sends at once. */
const MOST_SETTINGS: usize = 64;

/**
 * Whether the octets begin with what a server of HTTP/2 says first, a frame of settings that
 * acknowledges none. So few octets may be of another protocol: it tells where the client said HTTP/2.
 */
export function beginsWithSettings(from: usize, to: usize): bool {
  if (from + FRAME_HEADER > to || load<u8>(from) != 0) return false;
  const length: usize = u16be(from + 1);
  return length % SETTING == 0 && length / SETTING <= MOST_SETTINGS &&
    load<u8>(from + 3) == SETTINGS && load<u8>(from + 4) == 0 && u32be(from + 5) == 0;
}

/** The version at the end of a request line that lies wholly between two places. */
function inRequest(from: usize, to: usize): u8 {
  let at = from;
  while (at < to && at - from < LONGEST_METHOD && isMethod(load<u8>(at))) at++;
  if (at == from || at >= to || load<u8>(at) != 0x20) return NONE;
  const target = ++at;
  while (at < to && load<u8>(at) > 0x20) at++;
  if (at == target || at + 1 + VERSION + 1 > to || load<u8>(at) != 0x20) return NONE;
  const end = load<u8>(at + 1 + VERSION);
  return end == 0x0d || end == 0x0a ? versionAt(at + 1) : NONE;
}

/** An upper case letter, or the hyphen that some have. */
function isMethod(octet: u8): bool {
  return octet >= 0x41 && octet <= 0x5a || octet == 0x2d;
}

function versionAt(at: usize): u8 {
  if (u32be(at) != HTTP || (u32be(at + 4) & 0xffff_ff00) != ONE) return NONE;
  const minor = load<u8>(at + 7);
  return minor == 0x31 ? HTTP_1_1 : minor == 0x30 ? HTTP_1_0 : NONE;
}
