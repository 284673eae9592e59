import type { Middlebox } from "../../src/mod.ts";

const REQUEST = /^[A-Z]+ \S+ HTTP\/1\.[01]\r?\n/;
const UPGRADE = /^Upgrade:/im;

export default {
  kind: "middlebox",
  name: "http1-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops what asks for HTTP/1.1 alone: a TLS handshake, or a request",
  references: ["RFC 9112", "RFC 7301"],
  narrows: ["to", "port", "probability"],
  program: () => (packet) => {
    if (packet.direction !== "forward" || packet.payloadLength === 0) return undefined;
    const hello = packet.clientHello();
    if (hello !== null) {
      return hello.protocols.length > 0 && !hello.protocols.includes("h2") ? "drop" : undefined;
    }
    const text = new TextDecoder("latin1").decode(packet.payload());
    return REQUEST.test(text) && !UPGRADE.test(text) ? "drop" : undefined;
  },
} satisfies Middlebox;
