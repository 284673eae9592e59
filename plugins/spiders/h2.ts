import type { ObservedFlow, Spider } from "../../src/mod.ts";

/** What the connection types that speak HTTP add to a flow. */
type HttpFlow = ObservedFlow & { readonly http_version?: string | null };

/** Whether a SYN-ACK was on the wire of a connection that came to nothing before its handshake. */
function halfOpen(flow: ObservedFlow): boolean {
  return !flow.tcp_connected && flow.tcpx_synack_rev > 0;
}

/** How long a connection took, in milliseconds. */
function duration({ spdr_start, spdr_stop }: ObservedFlow): number {
  return Date.parse(spdr_stop) - Date.parse(spdr_start);
}

/**
 * Whether a server that answered one arm was so slow that chance explains why the other, which is out
 * of time, had no answer.
 */
function nearlyOutOfTime(answered: ObservedFlow, unanswered: ObservedFlow): boolean {
  return unanswered.spdr_outcome === "timeout" && 2 * duration(answered) > duration(unanswered);
}

/**
 * HTTP/2, asked for by `Upgrade` over http (RFC 7540, section 3.2) and by ALPN over https (RFC 9113,
 * section 3.2). An answer of any status is an answer: what is compared is whether one comes.
 */
export default {
  kind: "spider",
  name: "h2",
  version: "1.0.0",
  api: "^1",
  summary: "HTTP/2",
  references: ["RFC 9113", "RFC 7540"],
  connect: ["http", "https"],
  chains: ["basic", "tcp", "tcpx"],
  arms: [
    { name: "no_h2", http: { version: "1.1" } },
    { name: "h2", http: { version: "2" } },
  ],
  conditions: {
    "h2.connectivity.works": "answered both with HTTP/2 asked for and without",
    "h2.connectivity.broken": "answered only when HTTP/2 was not asked for",
    "h2.connectivity.transient": "answered only when HTTP/2 was asked for",
    "h2.connectivity.offline": "connected neither with HTTP/2 asked for nor without",
    "h2.upgrade.success": "went over to HTTP/2 when it was asked for",
    "h2.upgrade.failed": "answered in another version although HTTP/2 was asked for",
  },
  // A server may fail to answer one request in a while, and not the same arm's twice
  confirm: ["h2.connectivity.broken", "h2.connectivity.transient"],
  conclude(flows, { connectivity }) {
    const unknown = ["pathspider.not_observed"];
    const [plain, h2] = flows as readonly HttpFlow[];
    if (plain === undefined || h2 === undefined) return unknown;

    // Until the request both arms are alike on the wire, so a difference in the handshake is chance
    if (plain.tcp_connected !== h2.tcp_connected) return unknown;
    const [plainUp, h2Up] = [plain.spdr_state === 0, h2.spdr_state === 0];
    if (!plain.tcp_connected) {
      return plainUp || h2Up || halfOpen(plain) || halfOpen(h2)
        ? unknown
        : ["h2.connectivity.offline"];
    }

    // Handshakes after which both exchanges failed speak of the server, or of both alike
    if (!plainUp && !h2Up) return unknown;
    if (nearlyOutOfTime(plain, h2) || nearlyOutOfTime(h2, plain)) return unknown;

    const conditions = [`h2.connectivity.${connectivity(plainUp, h2Up)}`];
    if (h2Up) conditions.push(`h2.upgrade.${h2.http_version === "2" ? "success" : "failed"}`);
    return conditions;
  },
} satisfies Spider;
