// What became of the packets that came in: each is counted as one kind. `KINDS` in src/scan/answers.ts
// has their names in this order.

/** Answers that count, by what they are. */
export const SYNACK: u32 = 0;
export const RST: u32 = 1;
export const DNS_ANSWER: u32 = 2;
export const UDP_ANSWER: u32 = 3;
export const ECHO_REPLY: u32 = 4;
export const ICMP_UNREACHABLE: u32 = 5;
/** Another ICMP message about a probe. */
export const ICMP_OTHER: u32 = 6;
/** It answers a probe to an arm that has been answered. */
export const REPEATED: u32 = 7;
/** It answers a probe that is no longer waited for. */
export const LATE: u32 = 8;
/** It answers no probe. */
export const FOREIGN: u32 = 9;
/** It comes from where an answer may, and does not give the token back. */
export const UNPROVEN: u32 = 10;
/** It cannot be read. */
export const MALFORMED: u32 = 11;
/** It would count if there were room for it. */
export const NO_ROOM: u32 = 12;

const KINDS: i32 = 13;
const counts: usize = memory.data(KINDS * 8, 8);

/** Where the counts are, an f64 each. */
export function scanKindsAt(): usize {
  return counts;
}

export function countKind(kind: u32): void {
  const at = counts + (usize(kind) << 3);
  store<f64>(at, load<f64>(at) + 1);
}
