import type { Middlebox } from "../../src/mod.ts";

/** Class and type of the object that is a label stack as it came in (RFC 4950, section 4). */
const MPLS = { class: 1, type: 1 } as const;
/** The last of the stack, and its time to live, which has run out (RFC 3032, section 2.1). */
const BOTTOM = 1 << 8;
const TTL = 1;

export default {
  kind: "middlebox",
  name: "mpls",
  version: "1.0.0",
  api: "^1",
  summary:
    "names an MPLS label in the ICMP errors of its router, as one in a label switched path does",
  references: ["RFC 4950", "RFC 4884"],
  value: { type: "integer", summary: "the label", minimum: 16, maximum: 1048575 },
  narrows: [],
  at: "output",
  program(label: number) {
    const entry = new Uint8Array(4);
    new DataView(entry.buffer).setUint32(0, label * 4096 + BOTTOM + TTL);
    return (packet) => {
      packet.addIcmpExtension(MPLS.class, MPLS.type, entry);
      return undefined;
    };
  },
} satisfies Middlebox;
