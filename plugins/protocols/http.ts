import type { Protocol } from "../../src/mod.ts";
import quic from "./quic.ts";

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
  greeting: quic.greeting,
  events: { failed: "a request could not be answered" },
} satisfies Protocol;
