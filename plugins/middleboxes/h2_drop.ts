import type { Middlebox } from "../../src/mod.ts";

const UPGRADE = /^Upgrade: *h2c *\r?$/im;

export default {
  kind: "middlebox",
  name: "h2-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops what asks for HTTP/2: a TLS handshake, or a request to go over to it",
  references: ["RFC 9113", "RFC 7301", "RFC 7540"],
  narrows: ["to", "port", "probability"],
  program: () => (packet) => {
    if (packet.direction !== "forward" || packet.payloadLength === 0) return undefined;
    const hello = packet.clientHello();
    const asks = hello === null
      ? UPGRADE.test(new TextDecoder("latin1").decode(packet.payload()))
      : hello.protocols.includes("h2");
    return asks ? "drop" : undefined;
  },
} satisfies Middlebox;
