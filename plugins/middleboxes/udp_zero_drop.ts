import type { Middlebox } from "../../src/mod.ts";

const UDP = 17;

export default {
  kind: "middlebox",
  name: "udp-zero-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops UDP datagrams without a checksum",
  references: ["RFC 6935"],
  rules: ({ both }) => both.map((match) => `${match} udp checksum 0 drop`),
  program: () => ({ protocol, sourcePort, checksum }) =>
    protocol === UDP && sourcePort !== 0 && checksum === 0 ? "drop" : undefined,
} satisfies Middlebox;
