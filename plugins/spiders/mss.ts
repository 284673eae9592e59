import type { Spider } from "../../src/mod.ts";

/** The maximum segment size that each side announces (RFC 9293, section 3.7.1), as it arrives here. */
export default {
  kind: "spider",
  name: "mss",
  version: "1.0.0",
  api: "^1",
  summary: "TCP Maximum Segment Size",
  references: ["RFC 9293"],
  connect: ["tcp", "http", "https", "dnstcp"],
  chains: ["basic", "tcp", "mss"],
  options: {
    mss: {
      type: "integer",
      minimum: 88,
      maximum: 32_767,
      value: "OCTETS",
      summary: "maximum segment size to announce; the default is the interface's",
    },
  },
  arms: (
    { mss },
  ) => [{ name: "mss", ...(mss === undefined ? {} : { socket: { mss: mss as number } }) }],
  conditions: {
    "mss.connectivity.online": "the handshake was completed",
    "mss.connectivity.offline": "the handshake was not completed",
    "mss.option.local.value:N": "octets that this host announced",
    "mss.option.remote.value:N": "octets that the SYN-ACK announced",
    "mss.option.received.absent": "the SYN-ACK had no such option",
    "mss.option.received.unchanged": "it announced as much as this host",
    "mss.option.received.inflated": "it announced more than this host",
    "mss.option.received.deflated": "it announced less than this host",
  },
  confirm: ["mss.connectivity.offline"],
  locate: {
    names: ["mss"],
    // A path that lowers what one side announces mostly does so with the other's too
    features: (conditions, { mss }) =>
      conditions.includes("mss.option.received.unchanged")
        ? []
        : [{ feature: mss === undefined ? "mss" : `mss:${mss}`, name: "mss" }],
  },
  conclude([flow], { isUp }, { mss }) {
    const unknown = ["pathspider.not_observed"];
    if (flow === undefined) return unknown;
    if (!flow.tcp_connected) {
      return isUp(flow) === false ? ["mss.connectivity.offline"] : unknown;
    }
    const local = flow.mss_value_fwd;
    const remote = flow.mss_value_rev;
    if (local === null || (mss !== undefined && local !== mss)) return unknown;
    const conditions = ["mss.connectivity.online", `mss.option.local.value:${local}`];
    if (remote !== null) {
      conditions.push(`mss.option.remote.value:${remote}`);
      const change = remote === local ? "unchanged" : remote > local ? "inflated" : "deflated";
      conditions.push(`mss.option.received.${change}`);
      // Even without a value there may have been a malformed option
    } else if (flow.mss_len_rev === null) conditions.push("mss.option.received.absent");
    return conditions;
  },
} satisfies Spider;
