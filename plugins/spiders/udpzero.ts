import type { Spider } from "../../src/mod.ts";

/**
 * UDP without a checksum. A host may send such datagrams over IPv4 as it likes; over IPv6 a
 * receiver drops them unless its program has asked for them (RFC 8200, section 8.1), so that there
 * `broken` may be due to the target as well as to the path.
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
  confirm: [
    "udpzero.connectivity.broken",
    "udpzero.connectivity.transient",
    "udpzero.connectivity.offline",
  ],
  conclude(flows, { compare }) {
    const unknown = ["pathspider.not_observed"];
    const [plain, zero] = flows;
    if (plain === undefined || zero === undefined) return unknown;

    // Each arm must have sent the feature that it tests
    if (plain.udp_zero_checksum_fwd !== false || zero.udp_zero_checksum_fwd !== true) {
      return unknown;
    }

    const connectivity = compare(plain, zero);
    return connectivity === null ? unknown : [`udpzero.connectivity.${connectivity}`];
  },
} satisfies Spider;
