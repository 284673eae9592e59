import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

/** Kinds of the options for timestamps, window scaling and SACK, as nftables calls them and as numbers. */
const OPTIONS = { timestamp: 8, window: 3, "sack-perm": 4 };

export default {
  kind: "middlebox",
  name: "option-drop-bare",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs with none of the options for timestamps, window scaling and SACK",
  references: ["RFC 7323", "RFC 2018"],
  rules: ({ forward }) => {
    if (forward === null) return [];
    const missing = Object.keys(OPTIONS).map((name) => `tcp option ${name} missing`).join(" ");
    return [`${forward} tcp flags & (syn|ack) == syn ${missing} drop`];
  },
  program: () => (packet) =>
    packet.direction === "forward" && (packet.tcpFlags & (SYN | ACK)) === SYN &&
      Object.values(OPTIONS).every((kind) => packet.option(kind) === null)
      ? "drop"
      : undefined,
} satisfies Middlebox;
