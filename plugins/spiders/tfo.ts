import type { ObservedFlow, Spider } from "../../src/mod.ts";

const UNKNOWN = ["pathspider.not_observed"];

/** Whether the SYN carried data that the SYN-ACK acknowledged to the end. */
function takenAll({ tfo_dlen, tfo_seq, tfo_ack }: ObservedFlow): boolean {
  return tfo_dlen > 0 && tfo_ack === (tfo_seq + 1 + tfo_dlen) % 2 ** 32;
}

/** TCP Fast Open: a cookie is asked for, then data is sent in the SYN with it. */
export default {
  kind: "spider",
  name: "tfo",
  version: "1.0.0",
  api: "^1",
  summary: "TCP Fast Open",
  references: ["RFC 7413"],
  connect: ["http", "dnstcp", "tcp"],
  chains: ["basic", "tcp", "tcpx", "tfo"],
  arms: [
    { name: "no_tfo" },
    { name: "tfo_cookie", socket: { fastOpen: "cookie" } },
    { name: "tfo_data", socket: { fastOpen: "data" }, after: "tfo_cookie" },
  ],
  conditions: {
    "tfo.connectivity.works": "connected without, and both times by the SYN with the option",
    "tfo.connectivity.broken": "connected without, and not both times by a SYN with the option",
    "tfo.connectivity.transient": "connected with the option, and not without",
    "tfo.connectivity.offline": "connected neither with the option nor without",
    "tfo.cookie.received": "the SYN-ACK brought the cookie that was asked for",
    "tfo.cookie.not_received": "the SYN was answered without a cookie",
    "tfo.syndata.acked": "the SYN-ACK acknowledged all data of the SYN",
    "tfo.syndata.not_acked": "the SYN with data was answered, its data not acknowledged",
    "tfo.syndata.failed": "the SYN with data was not answered, or the connection failed after it",
  },
  confirm: [
    "tfo.connectivity.broken",
    "tfo.connectivity.transient",
    "tfo.connectivity.offline",
    "tfo.syndata.failed",
  ],
  locate: {
    names: ["tfo"],
    features: (conditions) =>
      conditions.includes("tfo.cookie.received") &&
        !conditions.some((condition) =>
          condition.startsWith("tfo.syndata.") && !condition.endsWith(".acked")
        )
        ? []
        : [{ feature: "tfo", name: "tfo" }],
  },
  conclude(flows, { compare, connectivity, isUp }) {
    const [plain, cookie, data] = flows;
    if (plain === undefined || cookie === undefined || data === undefined) return UNKNOWN;
    // Each arm must have sent the feature that it tests: nothing, a request for a cookie, the
    // option
    if (plain.tfo_synkind !== 0 || cookie.tfo_synkind === 0 || cookie.tfo_synclen !== 0) {
      return UNKNOWN;
    }
    if (data.tfo_synkind === 0) return UNKNOWN;
    if (compare(plain, cookie) === null || compare(plain, data) === null) return UNKNOWN;

    const [plainUp, cookieUp, dataUp] = [plain, cookie, data].map((flow) => isUp(flow) === true);
    // One of the two came up without the baseline: how the path treats the option cannot be told
    if (!plainUp && cookieUp !== dataUp) return UNKNOWN;

    const conditions = [`tfo.connectivity.${connectivity(plainUp!, cookieUp! && dataUp!)}`];
    if (cookieUp) {
      const received = cookie.tfo_ackkind !== 0 && cookie.tfo_ackclen > 0;
      // The kernel keeps few cookies a bucket; if the cookie was evicted meanwhile, Fast Open was
      // not tried
      if (received && data.tfo_synclen === 0) return UNKNOWN;
      conditions.push(`tfo.cookie.${received ? "received" : "not_received"}`);
    }
    // Without a cookie, or over a connection type that sends no data, the SYN carried none. The
    // kernel keeps one cookie per address: it may come from another server on another port
    const own = data.tfo_synclen > 0 && data.tfo_synhash === cookie.tfo_ackhash;
    if (cookieUp && own && data.tfo_dlen > 0) {
      const syndata = !dataUp ? "failed" : takenAll(data) ? "acked" : "not_acked";
      conditions.push(`tfo.syndata.${syndata}`);
    }
    return conditions;
  },
} satisfies Spider;
