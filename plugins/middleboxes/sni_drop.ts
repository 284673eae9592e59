import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "sni-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops TLS handshakes that name a server, or a name below it",
  references: ["RFC 6066"],
  value: { type: "string", summary: "the name, lower case", pattern: "[a-z0-9.-]+" },
  narrows: ["to", "port", "probability"],
  program: (name: string) => (packet) => {
    const asked = packet.clientHello()?.serverName ?? "";
    return asked === name || asked.endsWith(`.${name}`) ? "drop" : undefined;
  },
} satisfies Middlebox;
