import type { ExecutionEnvironment } from "../../src/mod.ts";
import { passing, quoted, TIED } from "./shared/passing.ts";

/** Seconds for which packets are taken in that are on their way when the service has ended. */
const LAST = 0.1;

/** Its buffer, in units of 1024 octets. */
const BUFFER = "16384";

export default {
  kind: "environment",
  name: "tcpdump",
  version: "1.0.0",
  api: "^1",
  summary: "a capture beside a service, of the packets of its host",
  type: "execution",
  program: "tcpdump",
  package: "tcpdump",
  options: {
    interface: { type: "string", summary: "the interface; all when missing", default: "any" },
    filter: {
      type: "string",
      summary: "which packets, as libpcap's filters say; all when missing",
    },
    snaplen: {
      type: "integer",
      summary: "octets of a packet that are kept",
      default: 9216,
      minimum: 64,
      maximum: 262_144,
    },
  },
  wrap({ words, variables }, folder, options) {
    const tcpdump = [
      ...TIED,
      // As root it would become a user who may not write to the folder
      ...["tcpdump", "-Z", "root", "-n", "-i", String(options.interface)],
      // At once, or packets of its last second are lost; its buffer then has room for each as long as
      // the longest that is kept
      ...["--immediate-mode", "-s", String(options.snaplen), "-B", BUFFER],
      ...["-w", `${folder}/packets.pcap`],
      ...(options.filter === undefined ? [] : ["--", String(options.filter)]),
    ].map(quoted).join(" ");
    const said = quoted(`${folder}/said`);
    return {
      words: passing(words, {
        begin: `${tcpdump} 2>${said} &
dump=$!
until grep -q 'listening on' ${said}; do
  kill -0 "$dump" 2>/dev/null || { cat ${said} >&2; exit 1; }
  sleep 0.01
done`,
        end: `sleep ${LAST}
kill "$dump"
wait "$dump"`,
      }),
      variables,
    };
  },
  summarize({ files: { said = "" } }) {
    const count = (what: string) => {
      const found = new RegExp(`^(\\d+) packets? ${what}`, "m").exec(said)?.[1];
      return found === undefined ? null : Number(found);
    };
    const found = { captured: count("captured"), dropped: count("dropped by kernel") };
    return Object.fromEntries(
      Object.entries(found).filter((entry): entry is [string, number] => entry[1] !== null),
    );
  },
} satisfies ExecutionEnvironment;
