import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "iperf3-server",
  version: "1.0.0",
  api: "^1",
  summary: "takes what iperf3 sends, or sends to it, one test at a time",
  type: "iut",
  speaks: [{ protocol: "iperf", versions: ["3"], role: "server" }],
  program: "iperf3",
  package: "iperf3",
  asksVersion: ["--version"],
  arguments: ({ ports }) => ["--server", "--port", String(ports[0]!.port), "--forceflush"],
  ends: [1],
} satisfies Service;
