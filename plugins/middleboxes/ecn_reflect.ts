import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;
const ECE = 0x40;
const CWR = 0x80;

export default {
  kind: "middlebox",
  name: "ecn-reflect",
  version: "1.0.0",
  api: "^1",
  summary: "gives back the flags of the SYN in the SYN-ACK: ECE and CWR",
  references: ["RFC 3168"],
  rules: ({ reverse }) =>
    reverse === null
      ? []
      : [`${reverse} tcp flags & (syn|ack|ecn|cwr) == (syn|ack|ecn) tcp flags set syn|ack|ecn|cwr`],
  program: () => (packet) => {
    if ((packet.tcpFlags & (SYN | ACK | ECE | CWR)) === (SYN | ACK | ECE)) {
      packet.tcpFlags = SYN | ACK | ECE | CWR;
    }
    return undefined;
  },
} satisfies Middlebox;
