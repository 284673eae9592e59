import type { Protocol } from "../../src/mod.ts";

export default {
  kind: "protocol",
  name: "iperf",
  version: "1.0.0",
  api: "^1",
  summary: "what iperf3 speaks with itself: a connection that controls, and data over TCP or UDP",
  references: ["https://github.com/esnet/iperf"],
  type: "client_server",
  roles: ["server", "client"],
  versions: [{ name: "3", transport: "tcp", port: 5201 }],
} satisfies Protocol;
