import type { Middlebox } from "../../src/mod.ts";

const UDP = 17;

export default {
  kind: "middlebox",
  name: "udp-checksum-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops UDP datagrams that have a checksum and go forward",
  references: ["RFC 768"],
  rules: ({ forward }) => forward === null ? [] : [`${forward} udp checksum != 0 drop`],
  program: () => ({ direction, protocol, checksum }) =>
    direction === "forward" && protocol === UDP && checksum !== 0 ? "drop" : undefined,
} satisfies Middlebox;
