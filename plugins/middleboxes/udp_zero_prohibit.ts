import type { Middlebox } from "../../src/mod.ts";

const UDP = 17;

export default {
  kind: "middlebox",
  name: "udp-zero-prohibit",
  version: "1.0.0",
  api: "^1",
  summary: "answers UDP datagrams without a checksum with ICMP administratively prohibited",
  references: ["RFC 6935", "RFC 1812"],
  rules: ({ forward }) =>
    forward === null ? [] : [`${forward} udp checksum 0 reject with icmpx admin-prohibited`],
  program: () => ({ direction, protocol, sourcePort, checksum }) =>
    direction === "forward" && protocol === UDP && sourcePort !== 0 && checksum === 0
      ? "prohibit"
      : undefined,
} satisfies Middlebox;
