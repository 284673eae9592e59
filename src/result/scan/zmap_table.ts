import type { MergedFlow } from "../../contract/flow.ts";
import type { Result } from "../../contract/spider.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";
import { column, type ResultTable, seconds, type TableRow } from "./result_table.ts";

/**
 * Results with the fields of zmap (https://github.com/zmap/zmap/wiki), of version 3 and later: one row
 * an arm, as zmap has one an answer, and beside them which arm it is, and what was concluded. What is
 * not known is null. Needs results with `flow_results`.
 */
export const zmapTable: ResultTable = {
  fields: [
    column("saddr", "address", "source of the answer: the target"),
    column("daddr", "address?", "destination of the answer: this host"),
    column("sport", "port", "the target's port"),
    column("dport", "port", "this host's port"),
    column("ttl", "integer?", "TTL or hop limit of the answer, where a chain of the spider tells"),
    column("window", "integer?", "window of the SYN-ACK, where a chain of the spider tells"),
    column("classification", "string?", "synack, rst, udp, dns, echoreply or icmp_unreach"),
    column("success", "integer?", "1 for an answer that accepts, 0 for another or for none"),
    column("repeat", "integer?", "always 0: of an arm's answers the first is written"),
    column("timestamp_str", "string?", "when it came (RFC 3339, UTC)"),
    column("timestamp_ts", "integer?", "the same in seconds since 1970"),
    column("timestamp_us", "integer?", "microseconds beside those"),
    column("icmp_responder", "address?", "who sent the ICMP error, where a chain tells"),
    column("icmp_type", "integer?", "its type, where a chain tells"),
    column("icmp_code", "integer?", "its code, where a chain tells"),
    column("arm", "string?", "name of the arm"),
    column("method", "string?", "how it was found: scan or measure"),
    column("conditions", "strings", "what was concluded of the target"),
  ],
  rows(result) {
    const flows = result.flow_results ?? [];
    // A target must not vanish because its flows were not kept
    return flows.length === 0 ? [rowOf(result, null)] : flows.map((flow) => rowOf(result, flow));
  },
};

function rowOf(result: Result, flow: MergedFlow | null): TableRow {
  const { dip, sip, dp = null, method = null, conditions } = result;
  const known: Readonly<Record<string, unknown>> = { ...flow };
  const of = (name: string) => known[name] ?? null;
  const classification = flow === null ? null : classificationOf(flow);
  const time = classification === null ? null : flow!.spdr_stop;
  return {
    saddr: dip,
    daddr: sip,
    sport: dp,
    dport: of("sp"),
    ttl: of("tcpx_ttl_rev"),
    window: of("tcpx_window_rev"),
    classification,
    success: flow === null || !flow.observed ? null : Number(ACCEPTS.has(classification)),
    repeat: classification === null ? null : 0,
    timestamp_str: time,
    timestamp_ts: time === null ? null : Math.floor(seconds(time)),
    timestamp_us: time === null ? null : Date.parse(time) % 1000 * 1000,
    icmp_responder: of("icmp_error_from"),
    icmp_type: of("icmp_error_type"),
    icmp_code: of("icmp_error_code"),
    arm: of("arm"),
    method,
    conditions,
  };
}

/** Classifications that are a success to zmap. */
const ACCEPTS: ReadonlySet<string | null> = new Set(["synack", "udp", "dns", "echoreply"]);

/** What zmap calls the answer to an arm; null for none. */
function classificationOf(flow: MergedFlow): string | null {
  const { proto, spdr_outcome: outcome } = flow;
  const isTcp = proto === IPPROTO_TCP;
  if (outcome === "unreachable") return "icmp_unreach";
  // To a datagram only an ICMP error refuses anything
  if (outcome === "refused") return isTcp ? "rst" : "icmp_unreach";
  if (outcome === "reset") return isTcp ? "rst" : null;
  if (outcome !== "ok") return null;
  if (isTcp) return "synack";
  if (proto === IPPROTO_UDP) return flow.dns_response_valid ? "dns" : "udp";
  return proto === IPPROTO_ICMP || proto === IPPROTO_ICMPV6 ? "echoreply" : null;
}
