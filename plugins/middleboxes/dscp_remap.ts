import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "dscp-remap",
  version: "1.0.0",
  api: "^1",
  summary: "turns one DSCP into another",
  references: ["RFC 2474"],
  value: {
    type: "string",
    summary: "the one that is changed and the one it becomes, each 0 to 63: 46>10",
    pattern: "([0-9]|[1-5][0-9]|6[0-3])>([0-9]|[1-5][0-9]|6[0-3])",
  },
  rules({ ip, both }, value: string) {
    const [from, to] = value.split(">");
    return both.map((match) => `${match} ${ip} dscp ${from} ${ip} dscp set ${to}`);
  },
  program(value: string) {
    const [from, to] = value.split(">").map(Number);
    return (packet) => {
      if (packet.dscp === from) packet.dscp = to!;
      return undefined;
    };
  },
} satisfies Middlebox;
