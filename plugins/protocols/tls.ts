import type { Protocol } from "../../src/mod.ts";

export default {
  kind: "protocol",
  name: "tls",
  version: "1.0.0",
  api: "^1",
  summary: "Transport Layer Security over TCP, whatever it carries",
  references: ["RFC 5246", "RFC 8446"],
  type: "client_server",
  roles: ["server", "client"],
  versions: [
    { name: "1.2", transport: "tcp", port: 443, tls: true },
    { name: "1.3", transport: "tcp", port: 443, tls: true },
  ],
} satisfies Protocol;
