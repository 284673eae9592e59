import type { Protocol } from "../../src/mod.ts";

/** Octets of the shortest datagram that a server of QUIC answers (RFC 9000, section 14.1). */
const LEAST = 1200;

/**
 * A packet of QUIC in a version that no server has (RFC 9000, section 15), which all answer with those
 * that they have.
 */
const UNKNOWN_VERSION = [
  ...[0xc0, 0x1a, 0x2a, 0x3a, 0x4a],
  ...[8, 1, 2, 3, 4, 5, 6, 7, 8],
  ...[8, 8, 7, 6, 5, 4, 3, 2, 1],
];

export default {
  kind: "protocol",
  name: "http",
  version: "1.0.0",
  api: "^1",
  summary: "the Hypertext Transfer Protocol, with TLS and without",
  references: ["RFC 9110", "RFC 9112", "RFC 9113", "RFC 9114", "RFC 9000"],
  type: "client_server",
  roles: ["server", "client"],
  versions: [
    { name: "1.1", transport: "tcp", port: 80 },
    { name: "1.1-tls", transport: "tcp", port: 443, tls: true },
    { name: "2", transport: "tcp", port: 443, tls: true },
    { name: "2-cleartext", transport: "tcp", port: 80 },
    { name: "3", transport: "udp", port: 443, tls: true },
  ],
  greeting: [
    ...UNKNOWN_VERSION,
    ...Array.from({ length: LEAST - UNKNOWN_VERSION.length }, () => 0),
  ],
  events: { failed: "a request could not be answered" },
} satisfies Protocol;
