import { bothWays, carriesData, type Field, type Fields, ofWay, onSyn, own } from "./field.ts";
import type { Counted, JudgedFlow } from "./flows.ts";

/** Seconds with what is below a microsecond cut off, as records have it. */
const seconds = (nanoseconds: bigint) => Number(nanoseconds / 1000n) / 1e6;

const timesOf = (packets: readonly Counted[]) => packets.map(({ packet }) => packet.nanoseconds);

export const BASIC: Fields = {
  sip: ({ ends }) => ends.source,
  dip: ({ ends }) => ends.destination,
  proto: ({ ends }) => ends.protocol,
  sp: ({ ends }) => ends.sourcePort,
  dp: ({ ends }) => ends.destinationPort,
  pkt_first: ({ packets }) => seconds(timesOf(packets).reduce((a, b) => a < b ? a : b)),
  pkt_last: ({ packets }) => seconds(timesOf(packets).reduce((a, b) => a > b ? a : b)),
  ...bothWays("pkt", (flow, reverse) => ofWay(flow, reverse).length),
  ...bothWays(
    "oct",
    (flow, reverse) => ofWay(flow, reverse).reduce((sum, { octets }) => sum + octets, 0),
  ),
};

const CODEPOINTS = { ect1: 1, ect0: 2, ce: 3 } as const;

export const ECN: Fields = Object.fromEntries(
  Object.entries(CODEPOINTS).flatMap(([name, codepoint]) =>
    [true, false].flatMap((syn) =>
      Object.entries(bothWays(
        `ecn_${name}_${syn ? "syn" : "data"}`,
        (flow, reverse) =>
          own(flow, reverse).some((packet) => packet.ecn === codepoint && onSyn(packet) === syn),
      ))
    )
  ),
);

export const DSCP: Fields = {
  ...bothWays("dscp_mark_syn", (flow, reverse) => own(flow, reverse).find(onSyn)?.dscp ?? null),
  ...bothWays(
    "dscp_mark_data",
    (flow, reverse) =>
      own(flow, reverse).find((packet) => !onSyn(packet) && carriesData(packet))?.dscp ?? null,
  ),
};

export const EVIL: Fields = {
  ...bothWays("evilbit_syn", (flow, reverse) => own(flow, reverse).find(onSyn)?.evil ?? null),
  ...bothWays(
    "evilbit_data",
    (flow, reverse) =>
      own(flow, reverse).find((packet) => !onSyn(packet) && carriesData(packet))?.evil ?? null,
  ),
};

export const ICMP: Fields = {
  icmp_unreachable: ({ packets }) =>
    packets.some((packet) => packet.reverse && isUnreachable(packet)),
  icmp_unreachable_fwd: ({ packets }) =>
    packets.some((packet) => !packet.reverse && isUnreachable(packet)),
};

/** An unreachable message, in either direction. */
function isUnreachable({ packet: { icmp, source }, error }: Counted): boolean {
  return error && icmp!.type === (source.includes(":") ? 1 : 3);
}

/** Type and code of the first ICMP message of the flow's own in a direction. */
function message(part: "type" | "code"): Fields {
  return bothWays(`icmp_${part}`, (flow, reverse) => own(flow, reverse)[0]?.icmp?.[part] ?? null);
}

/** The first ICMP error that quotes a packet of the flow. */
const firstError = ({ packets }: JudgedFlow) => packets.find(({ error }) => error);

export const ICMPX: Fields = {
  ...message("type"),
  ...message("code"),
  icmp_id: (flow) => flow.packets.find(({ error }) => !error)?.packet.icmp?.identifier ?? null,
  icmp_error_type: (flow) => firstError(flow)?.packet.icmp?.type ?? null,
  icmp_error_code: (flow) => firstError(flow)?.packet.icmp?.code ?? null,
  icmp_error_from: (flow) => firstError(flow)?.packet.source ?? null,
  icmp_error_rev: (flow) => firstError(flow)?.reverse ?? null,
};

/** Headers around the flow's first packet, and around the first in reverse. */
export const ENCAP: Fields = {
  encap: ({ packets }) => packets[0]!.packet.headers,
  encap_rev: (flow) => own(flow, true)[0]?.headers ?? null,
};

/** Without an active timeout a flow has one record. */
export const PART: Fields = { part_number: () => 1 };

export const UDP: Fields = bothWays("udp_zero_checksum", (flow, reverse) => {
  const last = own(flow, reverse).findLast(({ udpChecksum }) => udpChecksum !== null);
  return last === undefined ? null : last.udpChecksum === 0;
});

/** A valid DNS response in the reverse direction. */
const dnsResponseValid: Field = ({ packets }) => {
  const said = packets.flatMap(({ packet, reverse, error }) =>
    reverse && !error ? [packet.dnsResponse] : []
  );
  return said.includes(true) || (said.includes(null) ? undefined : false);
};

export const DNS: Fields = { dns_response_valid: dnsResponseValid };
