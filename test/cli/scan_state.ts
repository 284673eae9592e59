import type { ScanState } from "../../src/run/scanning/state.ts";

/** A scan that has sent half of its probes. */
export const SENDING: ScanState = {
  phase: "sending",
  seconds: 10,
  sending: 10,
  total: 100_000,
  targets: 50_000,
  sent: 100_000,
  failed: 0,
  answered: 40_000,
  arms: [
    { name: "no_ecn", sent: 50_000, answered: 40_000 },
    { name: "ecn", sent: 50_000, answered: 39_500 },
  ],
  kinds: { synack: 70_000, rst: 9000, icmp_unreachable: 500, repeated: 10, late: 0, foreign: 7 },
  drops: 0,
  interfaceDrops: 0,
  passed: { blocked: 256, elsewhere: 0 },
  confirming: { waiting: 480, done: 20 },
  results: 39_520,
  conditions: new Map([["ecn.connectivity.works", 39_500], ["ecn.connectivity.broken", 20]]),
  unobserved: 0,
};
