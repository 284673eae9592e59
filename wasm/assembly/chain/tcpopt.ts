import { optionalFlag } from "../output/field.ts";
import { options } from "../wire/tcp_options.ts";

// Kept a flow: one octet. Which options were on the SYN-ACK, and which of them it is known of.
const TIMESTAMPS: u8 = 1;
const WINDOW_SCALE: u8 = 2;
const SACK: u8 = 4;
const ALL: u8 = 7;
const KNOWN: u8 = 4;

export const NAME = "tcpopt";
export const SUMMARY = "TCP options that the SYN-ACK grants (RFC 7323, RFC 2018)";
export const SIZE: usize = 1;

export function declare(): void {
  optionalFlag(
    "tcpopt_ts",
    0,
    TIMESTAMPS,
    TIMESTAMPS << KNOWN,
    "the SYN-ACK has Timestamps, null before and when its options were cut",
  );
  optionalFlag(
    "tcpopt_ws",
    0,
    WINDOW_SCALE,
    WINDOW_SCALE << KNOWN,
    "the SYN-ACK has Window Scale, null before and when its options were cut",
  );
  optionalFlag(
    "tcpopt_sack",
    0,
    SACK,
    SACK << KNOWN,
    "the SYN-ACK has SACK-Permitted, null before and when its options were cut",
  );
}

/** For SYN-ACKs only, with their options read; the first one tells. */
export function update(at: usize): void {
  if (load<u8>(at) != 0) return;
  let found: u8 = 0;
  if (options.timestamps != 0) found |= TIMESTAMPS;
  if (options.windowScale != 0) found |= WINDOW_SCALE;
  if (options.sackPermitted != 0) found |= SACK;
  store<u8>(at, found | ((options.whole ? ALL : found) << KNOWN));
}

/** What was seen of the handshake holds for all parts of a flow. */
export function goOn(from: usize, to: usize): void {
  memory.copy(to, from, SIZE);
}
