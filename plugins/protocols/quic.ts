import type { Protocol } from "../../src/mod.ts";

/** Octets of the shortest datagram that a server answers (RFC 9000, section 14.1). */
const LEAST = 1200;

/**
 * A packet in a version that no server has (RFC 9000, section 15), which all answer with those that
 * they have.
 */
const UNKNOWN_VERSION = [
  ...[0xc0, 0x1a, 0x2a, 0x3a, 0x4a],
  ...[8, 1, 2, 3, 4, 5, 6, 7, 8],
  ...[8, 8, 7, 6, 5, 4, 3, 2, 1],
];

export default {
  kind: "protocol",
  name: "quic",
  version: "1.0.0",
  api: "^1",
  summary: "QUIC, whatever it carries",
  references: ["RFC 9000", "RFC 9001"],
  type: "client_server",
  roles: ["server", "client"],
  versions: [{ name: "1", transport: "udp", port: 443, tls: true }],
  greeting: [
    ...UNKNOWN_VERSION,
    ...Array.from({ length: LEAST - UNKNOWN_VERSION.length }, () => 0),
  ],
} satisfies Protocol;
