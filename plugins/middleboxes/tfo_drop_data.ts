import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

/** Lengths that a TCP header can have, in words of 32 bits (RFC 9293, section 3.1). */
const DATA_OFFSETS = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

export default {
  kind: "middlebox",
  name: "tfo-drop-data",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs with data",
  references: ["RFC 7413"],
  // nftables cannot subtract: a rule for each length of the header. One with options or extensions of IP
  // passes
  rules: ({ ip, forward }) => {
    if (forward === null) return [];
    const plain = ip === "ip" ? "ip hdrlength 5" : "ip6 nexthdr tcp";
    const header = ip === "ip" ? 20 : 40;
    return DATA_OFFSETS.map((words) =>
      `${forward} ${plain} tcp flags & (syn|ack) == syn tcp doff ${words} ` +
      `meta length > ${header + 4 * words} drop`
    );
  },
  program: () => ({ direction, tcpFlags, payloadLength }) =>
    direction === "forward" && (tcpFlags & (SYN | ACK)) === SYN && payloadLength > 0
      ? "drop"
      : undefined,
} satisfies Middlebox;
