import type { Middlebox } from "../../src/mod.ts";

const MSS = 2;

export default {
  kind: "middlebox",
  name: "mss-clamp",
  version: "1.0.0",
  api: "^1",
  summary: "lowers the maximum segment size both ways",
  references: ["RFC 9293"],
  value: { type: "integer", summary: "octets", default: 1400, minimum: 64, maximum: 65535 },
  rules: ({ both }, octets: number) =>
    both.map((match) => `${match} tcp flags & syn == syn tcp option maxseg size set ${octets}`),
  program: (octets: number) => (packet) => {
    const option = packet.option(MSS);
    if (option?.length === 4 && (option[2]! << 8 | option[3]!) > octets) {
      packet.removeOption(MSS);
      packet.addOption(Uint8Array.of(MSS, 4, octets >> 8, octets));
    }
    return undefined;
  },
} satisfies Middlebox;
