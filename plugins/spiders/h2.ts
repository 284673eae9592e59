import type { ObservedFlow, Spider } from "../../src/mod.ts";

/** What the connection types that speak HTTP add to a flow. */
type HttpFlow = ObservedFlow & { readonly http_version?: string | null };

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
  chains: ["basic", "tcp"],
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
  confirm: [
    "h2.connectivity.broken",
    "h2.connectivity.transient",
    "h2.connectivity.offline",
  ],
  conclude(flows, { compare }) {
    const unknown = ["pathspider.not_observed"];
    const [plain, h2] = flows as readonly HttpFlow[];
    if (plain === undefined || h2 === undefined) return unknown;

    const connectivity = compare(plain, h2);
    if (connectivity === null) return unknown;
    const conditions = [`h2.connectivity.${connectivity}`];
    if (h2.spdr_state === 0) {
      conditions.push(`h2.upgrade.${h2.http_version === "2" ? "success" : "failed"}`);
    }
    return conditions;
  },
} satisfies Spider;
