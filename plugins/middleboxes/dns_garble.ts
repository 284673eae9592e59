import type { Middlebox } from "../../src/mod.ts";

const UDP = 17;
const DNS = 53;

export default {
  kind: "middlebox",
  name: "dns-garble",
  version: "1.0.0",
  api: "^1",
  summary: "overwrites transaction and flags of DNS answers over UDP",
  references: ["RFC 1035"],
  narrows: ["to", "probability"],
  program: () => (packet) => {
    if (packet.direction === "reverse" && packet.protocol === UDP && packet.sourcePort === DNS) {
      packet.writePayload(0, new Uint8Array(4));
    }
    return undefined;
  },
} satisfies Middlebox;
