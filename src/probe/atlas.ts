import { isForeign, isUnreachable } from "./classify.ts";
import type { Hop } from "./hop.ts";
import type { ProbeResult } from "./probe_result.ts";
import type { Ping } from "./ping.ts";
import type { ProbeProtocol } from "./probe_options.ts";
import type { Trace } from "./trace.ts";

/** The metadata of a measurement in RIPE Atlas records. */
export interface AtlasFacts {
  /** The target as it was named. */
  readonly name: string;
  readonly protocol: ProbeProtocol;
  /** The address that probes were sent from; null when it is not known. */
  readonly source: string | null;
  /** Octets of a probe; undefined when mtr-packet chose. */
  readonly size: number | undefined;
  /** AS numbers of an address; undefined when it was not requested. */
  readonly asn: ((address: string) => string | null) | undefined;
}

/**
 * A trace as RIPE Atlas writes its results of type `traceroute`. `asn` is added when it was asked for,
 * `path_lengths` (shortest and longest) when probes went ways of different lengths.
 *
 * @param path which of several paths, from 1
 */
export function atlasTraceroute(
  trace: Trace,
  path: number,
  facts: AtlasFacts,
): Record<string, unknown> {
  return {
    type: "traceroute",
    ...commonFields(trace.to, trace.began, facts),
    endtime: seconds(trace.ended ?? Date.now()),
    paris_id: path,
    destination_ip_responded: trace.hops.some(({ responders }) =>
      responders.some(({ last }) => last.success)
    ),
    ...(trace.lengths === null ? {} : { path_lengths: trace.lengths }),
    result: trace.hops.map((hop) => ({ hop: hop.ttl, result: hopResults(hop, facts) })),
    ...(trace.refused === null ? {} : { error: errorText(trace.refused) }),
  };
}

/** A ping as RIPE Atlas writes its results of type `ping`. Times are -1 where there are none. */
export function atlasPing(
  ping: Ping,
  facts: AtlasFacts,
  intervalMs: number,
): Record<string, unknown> {
  const { times } = ping;
  return {
    type: "ping",
    ...commonFields(ping.to, ping.began, facts),
    step: intervalMs / 1000,
    sent: times.sent,
    rcvd: times.received,
    dup: 0,
    min: times.best ?? -1,
    avg: rounded(times.average) ?? -1,
    max: times.worst ?? -1,
    result: ping.results.map((result) => {
      if (result.success) return { rtt: result.timeMs };
      if (result.result === "no-reply") return { x: "*" };
      const from = result.responder === null ? {} : { src_addr: result.responder };
      const error = isForeign(result) ? "reply of another address" : errorText(result);
      return { error, ...from };
    }),
  };
}

function commonFields(
  to: { readonly text: string; readonly version: 4 | 6 },
  began: number,
  { name, protocol, source, size, asn }: AtlasFacts,
): Record<string, unknown> {
  return {
    af: to.version,
    proto: protocol.toUpperCase(),
    dst_name: name,
    dst_addr: to.text,
    ...(source === null ? {} : { src_addr: source, from: source }),
    ...(size === undefined ? {} : { size }),
    ...(asn === undefined ? {} : { dst_asn: asn(to.text) }),
    timestamp: seconds(began),
  };
}

function hopResults(hop: Hop, { asn }: AtlasFacts): unknown[] {
  return hop.results.map((result) => {
    const { responder, timeMs, mpls } = result;
    if (responder === null) return { x: "*" };
    return {
      from: responder,
      rtt: timeMs,
      // Atlas has a letter for each ICMP code here, which mtr-packet does not report
      ...(isUnreachable(result.result) ? { err: result.result } : {}),
      ...(asn === undefined ? {} : { asn: asn(responder) }),
      ...(mpls.length === 0 ? {} : { icmpext: mplsExtension(result) }),
    };
  });
}

/** ICMP extension of RFC 4950: class 1, type 1 is an MPLS label stack. */
function mplsExtension({ mpls }: ProbeResult): Record<string, unknown> {
  return {
    version: 2,
    obj: [{
      class: 1,
      type: 1,
      mpls: mpls.map(({ label, trafficClass, bottomOfStack, ttl }) => ({
        label,
        exp: trafficClass,
        s: bottomOfStack ? 1 : 0,
        ttl,
      })),
    }],
  };
}

function errorText({ result, reason }: ProbeResult): string {
  return reason === null ? result : `${result} ${reason}`;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** mtr-packet measures in microseconds; further digits of a mean say nothing. */
function rounded(timeMs: number | null): number | null {
  return timeMs === null ? null : Math.round(timeMs * 1000) / 1000;
}
