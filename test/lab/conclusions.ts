import type { Result } from "../../src/mod.ts";
import { ECN_TRUTH } from "./ecn_truth.ts";
import { EVIL_TRUTH } from "./evil_truth.ts";
import { TCPOPT_TRUTH } from "./tcpopt_truth.ts";
import { UDPZERO_TRUTH } from "./udpzero_truth.ts";

type Family = 4 | 6;

/** A spider that says how a path treats a feature, and what is true of paths that are known. */
export interface Concluding {
  /** The words after `spider measure`: over the connection type that it is used with most. */
  readonly args: readonly string[];
  readonly families: readonly Family[];
  /** What is concluded of a clean target. */
  clean(family: Family): readonly string[];
  /** What must be among the conclusions behind middleboxes that drop the feature. */
  readonly broken: Readonly<Record<string, string>>;
}

const BOTH: readonly Family[] = [4, 6];

/** What is announced over Ethernet (RFC 9293, section 3.7.1). */
const ETHERNET_MSS = { 4: 1460, 6: 1440 } as const;

/** Every spider that says so, by its name. */
export const CONCLUDING: Readonly<Record<string, Concluding>> = {
  ecn: {
    args: ["ecn", "--connect", "tcp"],
    families: BOTH,
    clean: () => ECN_TRUTH.transparent.tcp,
    broken: { "ecn-drop-syn": "ecn.connectivity.broken" },
  },
  dscp: {
    args: ["dscp", "--connect", "tcp"],
    families: BOTH,
    clean: () => ["dscp.48.connectivity.works", "dscp.0.replymark:0", "dscp.48.replymark:0"],
    broken: { "dscp-drop": "dscp.48.connectivity.broken" },
  },
  tfo: {
    args: ["tfo", "--connect", "http"],
    families: BOTH,
    clean: () => ["tfo.connectivity.works", "tfo.cookie.received", "tfo.syndata.acked"],
    broken: { "option-drop:34": "tfo.connectivity.broken" },
  },
  // It has no second arm, and so nothing that could be broken
  mss: {
    args: ["mss", "--connect", "tcp"],
    families: BOTH,
    clean: (family) => [
      "mss.connectivity.online",
      `mss.option.local.value:${ETHERNET_MSS[family]}`,
      `mss.option.remote.value:${ETHERNET_MSS[family]}`,
      "mss.option.received.unchanged",
    ],
    broken: { "drop": "mss.connectivity.offline" },
  },
  tcpopt: {
    args: ["tcpopt", "--connect", "tcp"],
    families: BOTH,
    clean: () => TCPOPT_TRUTH.transparent!,
    broken: {
      "option-drop:8": "tsopt.connectivity.broken",
      "option-drop:3": "wsopt.connectivity.broken",
      "option-drop:4": "sack.connectivity.broken",
    },
  },
  evilbit: {
    args: ["evilbit", "--connect", "tcpsyn"],
    families: [4],
    clean: () => EVIL_TRUTH.transparent,
    broken: { "evil-drop": "evilbit.connectivity.broken" },
  },
  udpzero: {
    args: ["udpzero", "--connect", "dnsudp"],
    families: BOTH,
    clean: () => UDPZERO_TRUTH.transparent,
    broken: { "udp-zero-drop": "udpzero.connectivity.broken" },
  },
  h2: {
    args: ["h2", "--connect", "http"],
    families: BOTH,
    clean: () => ["h2.connectivity.works", "h2.upgrade.failed"],
    broken: { "h2-drop": "h2.connectivity.broken" },
  },
};

/** The possible outcomes of a target, the worst first. */
export const FALSE = ["broken", "transient", "offline"] as const;
/**
 * All possible outcomes of a clean target. A verdict that is incomplete but not wrong counts as
 * unobserved; `other` is a target that works with something else wrong.
 */
export const VERDICTS = [...FALSE, "unobserved", "other", "right"] as const;

/** The number of targets by outcome. */
export type OutcomeCounts = Record<typeof VERDICTS[number], number>;

/** The outcomes of clean targets. */
export function tally(results: readonly Result[], clean: readonly string[]): OutcomeCounts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as OutcomeCounts;
  for (const { conditions } of results) counts[verdictOf(conditions, clean)]++;
  return counts;
}

/** How many of a tally are false. */
export function falseIn(counts: OutcomeCounts): number {
  return FALSE.reduce((sum, verdict) => sum + counts[verdict], 0);
}

function verdictOf(conditions: readonly string[], clean: readonly string[]): keyof OutcomeCounts {
  const worst = FALSE.find((verdict) =>
    conditions.some((condition) => condition.endsWith(`.connectivity.${verdict}`))
  );
  if (worst !== undefined) return worst;
  if (conditions.some((condition) => condition.startsWith("pathspider."))) return "unobserved";
  if (!conditions.every((condition) => clean.includes(condition))) return "other";
  return conditions.length === clean.length ? "right" : "unobserved";
}
