import type { ObservedFlow, Spider } from "../../src/mod.ts";

const TCP = 6;

/** Whether the flow's first packet had the bit, and the first answer to it; null where none was seen. */
function bits(flow: ObservedFlow): { sent: boolean | null; answered: boolean | null } {
  return flow.proto === TCP
    ? { sent: flow.evilbit_syn_fwd, answered: flow.evilbit_syn_rev }
    : { sent: flow.evilbit_data_fwd, answered: flow.evilbit_data_rev };
}

/**
 * The evil bit: whether a path reacts to the reserved flag of the IPv4 header. Both arms send the
 * same forged packet, one of them with the bit set.
 */
export default {
  kind: "spider",
  name: "evilbit",
  version: "1.0.0",
  api: "^1",
  summary: "Reserved flag of the IPv4 header, the evil bit",
  references: ["RFC 3514"],
  connect: ["tcpsyn", "dnsudp", "icmp"],
  chains: ["basic", "tcp", "tcpx", "icmp", "udp", "dns", "evil"],
  arms: [
    { name: "no_evil" },
    { name: "evil", forge: (packet) => ({ ...packet, ip: { ...packet.ip, reserved: true } }) },
  ],
  conditions: {
    "evilbit.connectivity.works": "answered with the bit and without",
    "evilbit.connectivity.broken": "answered without the bit, and not with it",
    "evilbit.connectivity.transient": "answered with the bit, and not without",
    "evilbit.connectivity.offline": "answered neither with the bit nor without",
    "evilbit.mark.seen": "the answer to the packet with the bit had it too",
    "evilbit.mark.not_seen": "the answer to the packet with the bit did not have it",
  },
  confirm: [
    "evilbit.connectivity.broken",
    "evilbit.connectivity.transient",
    "evilbit.connectivity.offline",
  ],
  locate: {
    names: ["evilbit"],
    // Only an answer with the bit shows that the bit arrived
    features: (conditions) =>
      conditions.includes("evilbit.mark.seen") ? [] : [{ feature: "evilbit", name: "evilbit" }],
  },
  skip: ({ dip }) => dip.includes(":") ? `${dip}: IPv6 has no evil bit` : null,
  conclude(flows, { compare }) {
    const unknown = ["pathspider.not_observed"];
    const [plain, evil] = flows;
    if (plain === undefined || evil === undefined) return unknown;

    // Each arm must have sent the feature that it tests
    if (bits(plain).sent !== false || bits(evil).sent !== true) return unknown;

    const connectivity = compare(plain, evil);
    if (connectivity === null) return unknown;
    const conditions = [`evilbit.connectivity.${connectivity}`];
    const { answered } = bits(evil);
    if (evil.spdr_state === 0 && answered !== null) {
      conditions.push(`evilbit.mark.${answered ? "seen" : "not_seen"}`);
    }
    return conditions;
  },
} satisfies Spider;
