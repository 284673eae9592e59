import type { RulePlace } from "../../../src/mod.ts";

/** Lengths that a TCP header can have, in words of 32 bits (RFC 9293, section 3.1). */
const DATA_OFFSETS = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/**
 * Matches of nftables for SYNs with data that go forward. It cannot subtract: there is one for each length
 * of the header. One with options or extensions of IP has none.
 */
export function synsWithData({ ip, forward }: RulePlace): string[] {
  if (forward === null) return [];
  const plain = ip === "ip" ? "ip hdrlength 5" : "ip6 nexthdr tcp";
  const header = ip === "ip" ? 20 : 40;
  return DATA_OFFSETS.map((words) =>
    `${forward} ${plain} tcp flags & (syn|ack) == syn tcp doff ${words} ` +
    `meta length > ${header + 4 * words}`
  );
}
