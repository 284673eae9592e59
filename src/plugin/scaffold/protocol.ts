import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new protocol: echo (RFC 862). */
export function protocolScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": `import type { Protocol } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

/** Sends back what it gets. */
export default {
  kind: "protocol",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "sends back what it gets",
  references: ["RFC 862"],
  type: "client_server",
  roles: ["server", "client"],
  versions: [
    { name: "tcp", transport: "tcp", port: 7 },
    { name: "udp", transport: "udp", port: 7 },
  ],
  // A datagram that every server answers, by which it is known to be ready
  greeting: [104, 101, 108, 108, 111],
} satisfies Protocol;
`,
    "tests.ts": `import type { ProtocolTest } from "./${TYPES_FILE}";

/** What its versions are. */
export const tests: readonly ProtocolTest[] = [
  { name: "it is spoken on port 7", version: "udp", is: { transport: "udp", port: 7 } },
];
`,
    "README.md": readmeFile(
      name,
      "A protocol: what services of labs may speak.",
      "spider plugins info . # what it says of itself",
    ),
    [TYPES_FILE]: typesFile(),
  };
}
