import type { Spider } from "../../src/mod.ts";

const LONGEST = 255;

/** Whether packets with the longest time to live get through where those with the host's own do. */
export default {
  kind: "spider",
  name: "ttl",
  version: "1.0.0",
  api: "^1",
  summary: "The longest time to live",
  references: ["RFC 791"],
  connect: ["tcp", "http"],
  chains: ["basic", "tcp"],
  arms: [{ name: "own" }, { name: "longest", socket: { ttl: LONGEST } }],
  conditions: {
    "ttl.connectivity.works": "connected with the longest time to live, and with the host's own",
    "ttl.connectivity.broken":
      "connected with the host's own time to live, and not with the longest",
    "ttl.connectivity.transient":
      "connected with the longest time to live, and not with the host's own",
    "ttl.connectivity.offline": "connected with neither",
  },
  conclude([own, longest], { compare }) {
    const connectivity = compare(own!, longest!);
    return [connectivity === null ? "pathspider.not_observed" : `ttl.connectivity.${connectivity}`];
  },
} satisfies Spider;
