import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new chain: counts of the SYNs each way. */
export function chainScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": module(name),
    "tests.ts": tests(name),
    "README.md": readmeFile(
      name,
      "A chain: fields of the flow record that count the SYNs each way.",
      "spider observe -i capture.pcap --chain . basic # puts its fields into flow records",
    ),
    [TYPES_FILE]: typesFile(),
  };
}

/** What the names of its fields begin with. */
function prefix(name: string): string {
  return name.replaceAll("-", "_");
}

function module(name: string): string {
  const field = prefix(name);
  return `import type { Chain } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

interface Fields {
  ${field}_syns_fwd: number;
  ${field}_syns_rev: number;
}

/** Counts the SYNs each way. */
export default {
  kind: "chain",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "SYNs each way",
  references: ["RFC 9293, section 3.5"],
  fields: {
    ${field}_syns_fwd: { type: "integer", summary: "SYNs forward", initial: 0 },
    ${field}_syns_rev: { type: "integer", summary: "SYNs in reverse", initial: 0 },
  },
  tcp(rec, tcp, rev) {
    if (tcp.syn) rec[rev ? "${field}_syns_rev" : "${field}_syns_fwd"]++;
  },
} satisfies Chain<Fields>;
`;
}

function tests(name: string): string {
  const field = prefix(name);
  return `import type { ChainTest } from "./${TYPES_FILE}";

/** Packets, and what the record of each flow must have. */
export const tests: readonly ChainTest[] = [
  {
    name: "a SYN that is sent again counts twice",
    packets: \`
      > S
      > S after 1000
      < SA
      > .\`,
    flows: [{ ${field}_syns_fwd: 2, ${field}_syns_rev: 1, tcp_connected: true }],
  },
  {
    name: "flows are counted apart",
    packets: \`
      > S
      < RA
      ---
      > udp 20 octets\`,
    flows: [
      { ${field}_syns_fwd: 1, ${field}_syns_rev: 0 },
      { ${field}_syns_fwd: 0, ${field}_syns_rev: 0, proto: 17 },
    ],
  },
];
`;
}
