import type { Result } from "../../../src/contract/spider.ts";

/** A target whose second arm was refused, with the records of both. */
export const REFUSED: Result = {
  dip: "192.0.2.7",
  dp: 443,
  sip: "198.51.100.1",
  path: ["198.51.100.1", "*", "192.0.2.7"],
  time: { from: "2026-12-01T02:00:00.125Z", to: "2026-12-01T02:00:01.250Z" },
  spider: { name: "ecn", version: "1.0.0" },
  conditions: ["ecn.connectivity.broken", "ecn.negotiation.failed"],
  method: "scan",
  flow_results: [flow("no_ecn", "ok", 40_001), flow("ecn", "refused", 40_002)],
} as unknown as Result;

/** An IPv6 target of which nothing was heard. */
export const SILENT: Result = {
  ...REFUSED,
  dip: "2001:db8::7",
  sip: "2001:db8:1::1",
  conditions: ["ecn.connectivity.offline"],
  flow_results: [flow("no_ecn", "timeout", null), flow("ecn", "timeout", null)],
} as unknown as Result;

function flow(arm: string, outcome: string, sp: number | null) {
  return {
    arm,
    ...{ observed: true, proto: 6, sp, spdr_outcome: outcome },
    ...{ spdr_start: "2026-12-01T02:00:00.125Z", spdr_stop: "2026-12-01T02:00:00.375Z" },
  };
}
