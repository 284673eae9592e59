import type { ObservedFlow, OptionValues, Spider } from "../../src/mod.ts";

const UNMARKED = 0;

/** The codepoints of the arms in their order; the baseline's comes first. */
function codepoints(options: OptionValues): number[] {
  return [UNMARKED, ...new Set(options.codepoint as readonly number[])];
}

/** The mark that the flow's first packet of interest carried, in one direction; null when there was none. */
function mark(flow: ObservedFlow, direction: "fwd" | "rev"): number | null {
  return flow[`dscp_mark_syn_${direction}`] ?? flow[`dscp_mark_data_${direction}`];
}

/** Differentiated services codepoints: whether packets that carry one get through, and how answers are marked. */
export default {
  kind: "spider",
  name: "dscp",
  version: "1.0.0",
  api: "^1",
  summary: "Differentiated Services Codepoints",
  references: ["RFC 2474"],
  connect: ["tcp", "http", "https", "dnstcp", "dnsudp", "icmp"],
  chains: ["basic", "tcp", "dscp"],
  options: {
    codepoint: {
      type: "integer",
      minimum: 0,
      maximum: 63,
      default: 48,
      repeated: true,
      summary: "codepoint to send, beside the baseline of 0; may be given more than once",
    },
  },
  arms: (options) =>
    codepoints(options).map((dscp, config) => ({
      name: config === 0 ? "no_dscp" : `dscp_${dscp}`,
      socket: { dscp },
    })),
  conditions: {
    "dscp.N.connectivity.works": "connected with codepoint N, and without",
    "dscp.N.connectivity.broken": "connected without a codepoint, and not with N",
    "dscp.N.connectivity.transient": "connected with codepoint N, and not without",
    "dscp.N.connectivity.offline": "connected neither with codepoint N nor without",
    "dscp.N.replymark:M": "the answer to codepoint N carried M",
    "dscp.0.replymark:M": "the answer to no codepoint carried M",
  },
  letters: { N: "codepoint" },
  confirm: [
    "dscp.N.connectivity.broken",
    "dscp.N.connectivity.transient",
    "dscp.N.connectivity.offline",
  ],
  locate: {
    names: ["dscp.N"],
    // Only an answer with the same mark shows that the mark arrived
    features: (conditions, options) =>
      codepoints(options).slice(1).filter((codepoint) =>
        !conditions.includes(`dscp.${codepoint}.connectivity.works`) ||
        !conditions.includes(`dscp.${codepoint}.replymark:${codepoint}`)
      ).map((codepoint) => ({ feature: `dscp:${codepoint}`, name: `dscp.${codepoint}` })),
  },
  conclude(flows, { compare }, options) {
    const [baseline] = flows;
    const sent = codepoints(options);
    // Each arm must have sent the feature that it tests
    if (baseline === undefined || flows.some((flow, arm) => mark(flow, "fwd") !== sent[arm])) {
      return ["pathspider.not_observed"];
    }
    const conditions = new Set<string>();
    for (const [arm, flow] of flows.entries()) {
      if (arm === 0) continue;
      const connectivity = compare(baseline, flow);
      if (connectivity === null) return ["pathspider.not_observed"];
      conditions.add(`dscp.${sent[arm]}.connectivity.${connectivity}`);
    }
    for (const [arm, flow] of flows.entries()) {
      const reply = mark(flow, "rev");
      if (reply !== null) conditions.add(`dscp.${sent[arm]}.replymark:${reply}`);
    }
    return [...conditions];
  },
} satisfies Spider;
