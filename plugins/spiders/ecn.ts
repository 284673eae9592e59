import type { Spider } from "../../src/mod.ts";

/**
 * ECN. The kernel answers an unanswered ECN SYN with a plain one (RFC 3168, section 6.1.1.1), so a
 * connected socket does not tell whether ECN worked: what counts is which SYN was answered on the
 * wire.
 */
export default {
  kind: "spider",
  name: "ecn",
  version: "1.0.0",
  api: "^1",
  summary: "Explicit Congestion Notification",
  references: ["RFC 3168"],
  connect: ["tcp", "http", "https", "dnstcp"],
  chains: ["basic", "tcp", "tcpx", "ecn"],
  arms: [{ name: "no_ecn" }, { name: "ecn", socket: { ecn: true } }],
  conditions: {
    "ecn.connectivity.works": "both connected, with ECN by the SYN that asked for it",
    "ecn.connectivity.broken": "connected without ECN, and not by a SYN that asked for it",
    "ecn.connectivity.transient": "connected with ECN, and not without",
    "ecn.connectivity.offline": "connected neither with ECN nor without",
    "ecn.negotiation.succeeded": "the SYN-ACK carried ECE without CWR",
    "ecn.negotiation.failed": "the SYN-ACK did not carry ECE",
    "ecn.negotiation.reflected": "the SYN-ACK carried both flags of the SYN",
    "ecn.ipmark.ect0.seen": "a packet from the target carried ECT(0)",
    "ecn.ipmark.ect0.not_seen": "no packet from the target carried ECT(0)",
    "ecn.ipmark.ect1.seen": "a packet from the target carried ECT(1)",
    "ecn.ipmark.ect1.not_seen": "no packet from the target carried ECT(1)",
    "ecn.ipmark.ce.seen": "a packet from the target carried CE",
    "ecn.ipmark.ce.not_seen": "no packet from the target carried CE",
  },
  confirm: ["ecn.connectivity.broken", "ecn.connectivity.transient", "ecn.connectivity.offline"],
  locate: {
    names: ["ecn"],
    features(conditions, _options, connect) {
      const clean = conditions.includes("ecn.connectivity.works") &&
        conditions.includes("ecn.negotiation.succeeded") &&
        conditions.includes("ecn.ipmark.ce.not_seen") &&
        // Over plain TCP the target sends no data that could be marked
        (connect === "tcp" || conditions.includes("ecn.ipmark.ect0.seen"));
      return clean ? [] : [{ feature: "ecn", name: "ecn" }];
    },
  },
  conclude(flows, { compare, tcpFlags: { ECE, CWR, AE } }) {
    const unknown = ["pathspider.not_observed"];
    const [plain, ecn] = flows;
    if (plain === undefined || ecn === undefined) return unknown;
    const asked = (flags: number | null) => flags === null ? null : flags & (ECE | CWR | AE);
    // With AE a SYN asks for accurate ECN (RFC 9768, section 3.1.1), whose answers mean something else
    const asks = (flags: number | null) => asked(flags) === (ECE | CWR);

    // Each arm must have sent the feature that it tests
    if (asked(plain.tcp_synflags_fwd) !== 0 || !asks(ecn.tcp_synflags_fwd)) return unknown;

    const connectivity = compare(plain, ecn);
    if (connectivity === null) return unknown;
    const conditions = [`ecn.connectivity.${connectivity}`];
    const answered = asks(ecn.tcpx_synflags_answered);
    if (!answered || !ecn.tcp_connected || ecn.tcp_synflags_rev === null) return conditions;

    const reply = ecn.tcp_synflags_rev & (ECE | CWR);
    const negotiation = reply === ECE
      ? "succeeded"
      : reply === (ECE | CWR)
      ? "reflected"
      : "failed";
    conditions.push(`ecn.negotiation.${negotiation}`);
    // What is sent again has no mark (RFC 3168, section 6.1.5): where the path has lost or reordered
    // something, it is unknown what the first copies had
    const isGone = ecn.tcpx_gap_rev && !ecn.ecn_ect0_data_rev;
    if (isGone && negotiation !== "failed") return unknown;
    const marks = {
      ect0: ecn.ecn_ect0_syn_rev || ecn.ecn_ect0_data_rev,
      ect1: ecn.ecn_ect1_syn_rev || ecn.ecn_ect1_data_rev,
      ce: ecn.ecn_ce_syn_rev || ecn.ecn_ce_data_rev,
    };
    for (const [mark, seen] of Object.entries(marks)) {
      conditions.push(`ecn.ipmark.${mark}.${seen ? "seen" : "not_seen"}`);
    }
    return conditions;
  },
} satisfies Spider;
