import type { Middlebox } from "../../src/mod.ts";

const ECT_1 = 1;

export default {
  kind: "middlebox",
  name: "ect1-bleach",
  version: "1.0.0",
  api: "^1",
  summary: "clears ECT(1), and leaves ECT(0) and CE",
  references: ["RFC 9331"],
  rules: ({ ip, both }) => both.map((match) => `${match} ${ip} ecn ect1 ${ip} ecn set not-ect`),
  program: () => (packet) => {
    if (packet.ecn === ECT_1) packet.ecn = 0;
    return undefined;
  },
} satisfies Middlebox;
