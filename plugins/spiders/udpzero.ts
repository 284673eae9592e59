import type { ObservedFlow, Spider } from "../../src/mod.ts";

/**
 * Whether the target answered, where the wire and the socket agree; null where they do not: an
 * answer that came too late, that the host did not take, or that is not the answer to the question
 * says that the path let something through, but not what became of it.
 */
function answered(flow: ObservedFlow): boolean | null {
  const seen = flow.udp_zero_checksum_rev !== null;
  if (flow.spdr_state === 0) return seen ? true : null;
  if (seen) return null;
  return ["timeout", "refused", "unreachable"].includes(flow.spdr_outcome) ? false : null;
}

/**
 * UDP without a checksum. A host may send such datagrams over IPv4 as it likes; over IPv6 a receiver
 * drops them unless its program has asked for them (RFC 8200, section 8.1), so that there `broken`
 * may be said of the target as well as of the path.
 */
export default {
  kind: "spider",
  name: "udpzero",
  version: "1.0.0",
  api: "^1",
  summary: "UDP datagrams without a checksum",
  references: ["RFC 768", "RFC 6935", "RFC 8200"],
  connect: ["dnsudp", "udp"],
  chains: ["basic", "udp", "dns", "icmp"],
  arms: [{ name: "checksum" }, { name: "zero_checksum", socket: { zeroChecksum: true } }],
  conditions: {
    "udpzero.connectivity.works": "answered with a checksum and without",
    "udpzero.connectivity.broken":
      "answered with a checksum, and not without; over IPv6 this may " +
      "be the target's own doing",
    "udpzero.connectivity.transient": "answered without a checksum, and not with",
    "udpzero.connectivity.offline": "answered neither with a checksum nor without",
  },
  // Every datagram of an arm may be lost by chance: twice the same arm's is another matter
  confirm: ["udpzero.connectivity.broken", "udpzero.connectivity.transient"],
  conclude(flows, { connectivity }) {
    const unknown = ["pathspider.not_observed"];
    const [plain, zero] = flows;
    if (plain === undefined || zero === undefined) return unknown;

    // Each arm must have sent what it stands for
    if (plain.udp_zero_checksum_fwd !== false || zero.udp_zero_checksum_fwd !== true) {
      return unknown;
    }

    const [baselineUp, experimentUp] = [answered(plain), answered(zero)];
    if (baselineUp === null || experimentUp === null) return unknown;
    return [`udpzero.connectivity.${connectivity(baselineUp, experimentUp)}`];
  },
} satisfies Spider;
