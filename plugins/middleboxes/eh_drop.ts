import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "eh-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops IPv6 packets with an extension header",
  references: ["RFC 7872"],
  value: {
    type: "integer",
    summary: "the header's protocol number: 0 hop-by-hop, 43 routing, 44 fragment, 60 destination",
    minimum: 0,
    maximum: 255,
  },
  narrows: ["to", "direction", "probability"],
  program: (protocol: number) => (packet) =>
    packet.version === 6 && packet.extensions().includes(protocol) ? "drop" : undefined,
} satisfies Middlebox;
