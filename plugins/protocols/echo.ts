import type { Protocol } from "../../src/mod.ts";

export default {
  kind: "protocol",
  name: "echo",
  version: "1.0.0",
  api: "^1",
  summary: "sends back what it gets",
  references: ["RFC 862"],
  type: "client_server",
  roles: ["server", "client"],
  versions: [
    { name: "tcp", transport: "tcp", port: 7 },
    { name: "udp", transport: "udp", port: 7 },
  ],
} satisfies Protocol;
