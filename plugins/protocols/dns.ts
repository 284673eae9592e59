import type { Protocol } from "../../src/mod.ts";

export default {
  kind: "protocol",
  name: "dns",
  version: "1.0.0",
  api: "^1",
  summary: "the Domain Name System, over UDP and TCP",
  references: ["RFC 1035", "RFC 7766"],
  type: "client_server",
  roles: ["server", "client"],
  versions: [
    { name: "udp", transport: "udp", port: 53 },
    { name: "tcp", transport: "tcp", port: 53 },
  ],
  // A query for the root's name servers: identification, recursion desired, one question
  greeting: [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1],
} satisfies Protocol;
