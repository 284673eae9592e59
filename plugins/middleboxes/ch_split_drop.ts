import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ch-split-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops TLS handshakes whose ClientHello takes more than one segment",
  references: ["RFC 8446"],
  narrows: ["to", "port", "probability"],
  program: () => (packet) => packet.clientHello()?.isWhole === false ? "drop" : undefined,
} satisfies Middlebox;
