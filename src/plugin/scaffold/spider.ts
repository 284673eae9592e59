import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new spider: a plain connection beside one that carries a DSCP. */
export function spiderScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": module(name),
    "tests.ts": tests(name),
    "README.md": readmeFile(
      name,
      "A spider: a plain connection to each target beside one whose packets carry a DSCP.",
      "sudo spider --plugin . --input targets.csv # measures",
    ),
    [TYPES_FILE]: typesFile(),
  };
}

function module(name: string): string {
  return `import type { Spider } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

/** What is compared: a plain connection, and one whose packets carry DSCP 46. */
export default {
  kind: "spider",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "Expedited forwarding",
  references: ["RFC 3246"],
  connect: ["tcp", "http"],
  chains: ["basic", "tcp", "dscp"],
  arms: [{ name: "plain" }, { name: "marked", socket: { dscp: 46 } }],
  conditions: {
    "${name}.connectivity.works": "both arms connected",
    "${name}.connectivity.broken": "only the plain arm connected",
    "${name}.connectivity.transient": "only the marked arm connected",
    "${name}.connectivity.offline": "neither arm connected",
  },
  // A SYN may be lost by chance: these count only when they come out again
  confirm: ["${name}.connectivity.broken", "${name}.connectivity.transient"],
  conclude([plain, marked], { compare }) {
    // What was not sent says nothing of the path
    if (plain!.dscp_mark_syn_fwd !== 0 || marked!.dscp_mark_syn_fwd !== 46) {
      return ["pathspider.not_observed"];
    }
    const verdict = compare(plain!, marked!);
    return [verdict === null ? "pathspider.not_observed" : \`${name}.connectivity.\${verdict}\`];
  },
} satisfies Spider;
`;
}

function tests(name: string): string {
  return `import type { SpiderTest } from "./${TYPES_FILE}";

const answered = \`
  > S mss 1460
  < SA mss 1460
  > .
  > FA
  < FA
  > .\`;

/** What each arm met on the wire and at its socket, and what must be concluded. */
export const tests: readonly SpiderTest[] = [
  {
    name: "both are answered",
    arms: {
      plain: { socket: "ok", packets: answered, flow: { tcp_connected: true } },
      marked: { socket: "ok", packets: answered.replaceAll(/>.*/g, "$& dscp 46") },
    },
    conditions: ["${name}.connectivity.works"],
  },
  {
    name: "the marked SYN is dropped",
    arms: {
      plain: { socket: "ok", packets: answered },
      marked: { socket: "timeout", packets: "> S dscp 46" },
    },
    conditions: ["${name}.connectivity.broken"],
  },
  {
    name: "no verdict when the mark was not sent",
    arms: {
      plain: { socket: "ok", packets: answered },
      marked: { socket: "ok", packets: answered },
    },
    conditions: ["pathspider.not_observed"],
  },
];
`;
}
