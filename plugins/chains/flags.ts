import type { Chain } from "../../src/mod.ts";

/** In the order of their bits, from FIN on (RFC 9293, section 3.1). */
const FORWARD = [
  "flags_fin_fwd",
  "flags_syn_fwd",
  "flags_rst_fwd",
  "flags_psh_fwd",
  "flags_ack_fwd",
  "flags_urg_fwd",
  "flags_ece_fwd",
  "flags_cwr_fwd",
] as const;

const REVERSE = [
  "flags_fin_rev",
  "flags_syn_rev",
  "flags_rst_rev",
  "flags_psh_rev",
  "flags_ack_rev",
  "flags_urg_rev",
  "flags_ece_rev",
  "flags_cwr_rev",
] as const;

type Fields = Record<typeof FORWARD[number] | typeof REVERSE[number], number>;

function count(name: string) {
  const [, flag, way] = name.split("_");
  const direction = way === "fwd" ? "forward" : "in reverse";
  const summary = `segments with ${flag!.toUpperCase()} ${direction}`;
  return [name, { type: "integer", summary, initial: 0 }] as const;
}

/** Counts each TCP flag each way. */
export default {
  kind: "chain",
  name: "flags",
  version: "1.0.0",
  api: "^1",
  summary: "Counts of TCP flags",
  references: ["RFC 9293, section 3.1", "RFC 3168, section 6.1"],
  fields: Object.fromEntries([...FORWARD, ...REVERSE].map(count)) as Chain<Fields>["fields"],
  tcp(rec, tcp, rev) {
    const names = rev ? REVERSE : FORWARD;
    const { flags } = tcp;
    for (let bit = 0; bit < 8; bit++) {
      if (flags >> bit & 1) rec[names[bit]!]++;
    }
  },
} satisfies Chain<Fields>;
