import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new middlebox: a program that clears marks. */
export function middleboxScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": module(name),
    "tests.ts": tests(),
    "README.md": readmeFile(
      name,
      "A middlebox: clears the ECN field of packets that carry data.",
      "spider lab up lab.yaml # with { middlebox: ./mod.ts } in the list of a router",
    ),
    [TYPES_FILE]: typesFile(),
  };
}

function module(name: string): string {
  return `import type { Middlebox } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

/** Clears the ECN field of packets that carry data. */
export default {
  kind: "middlebox",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "clears the ECN field of packets that carry data",
  references: ["RFC 3168"],
  program: () => (packet) => {
    if (packet.payloadLength > 0) packet.ecn = 0;
    return undefined;
  },
} satisfies Middlebox;
`;
}

function tests(): string {
  return `import type { MiddleboxTest } from "./${TYPES_FILE}";

/** Packets through the program, and what the records of the flows behind it must have. */
export const tests: readonly MiddleboxTest[] = [
  {
    name: "data has no mark behind it, a handshake keeps its own",
    packets: \`
      > S ect0
      < SA
      > . ect0 100 octets\`,
    flows: [{ ecn_ect0_syn_fwd: true, ecn_ect0_data_fwd: false }],
  },
];
`;
}
