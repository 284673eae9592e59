/** Requests that are good, for tests to change a field of. */
import type { LocateRequest, ObserveRequest, PingRequest, TraceRequest } from "../../src/mod.ts";
import { OBSERVE_DEFAULTS, SWEEP } from "../../src/run/limits.ts";

const PROBES = { protocol: "icmp", timeout: 1, keep: false } as const;

export function pingRequest(changed: Partial<PingRequest> = {}): PingRequest {
  return { ...PROBES, hosts: ["192.0.2.1"], queries: 3, intervalMs: 10, ...changed };
}

export function traceRequest(changed: Partial<TraceRequest> = {}): TraceRequest {
  const numbers = { maxTtl: 10, queries: 2, intervalMs: 10, paths: 1 };
  return { ...PROBES, hosts: ["192.0.2.1"], ...numbers, ...changed };
}

export function locateRequest(changed: Partial<LocateRequest> = {}): LocateRequest {
  const numbers = { ...SWEEP, intervalMs: 10, port: 80, workers: 10 };
  return { hosts: ["192.0.2.1"], feature: "dscp:46", ...numbers, ...changed };
}

export function observeRequest(changed: Partial<ObserveRequest> = {}): ObserveRequest {
  return { ...OBSERVE_DEFAULTS, source: { file: "none.pcap" }, chains: [], ...changed };
}
