import type { Counted, JudgedFlow } from "./flows.ts";
import type { Packet, Segment } from "./packet.ts";

/** A value of a flow record; undefined where the capture cut off what would tell. */
export type Value = string | number | boolean | null | readonly number[] | undefined;

const FIN = 1, SYN = 2, RST = 4, ACK = 16;

/** What a flow's own packets say, without errors that quote it. */
function own({ packets }: JudgedFlow, reverse: boolean): Packet[] {
  return packets.filter((counted) => counted.reverse === reverse && !counted.error)
    .map(({ packet }) => packet);
}

function segments(flow: JudgedFlow, reverse: boolean): Segment[] {
  return own(flow, reverse).flatMap(({ tcp }) => tcp === null ? [] : [tcp]);
}

const isSyn = ({ flags }: Segment) => (flags & SYN) !== 0;
const isOpening = ({ flags }: Segment) => (flags & (SYN | ACK)) === SYN;
const isSynAck = ({ flags }: Segment) => (flags & (SYN | ACK)) === (SYN | ACK);
const onSyn = ({ tcp }: Packet) => tcp !== null && isSyn(tcp);

type Field = (flow: JudgedFlow) => Value;

/** A field of each direction, with its suffix. */
function bothWays(name: string, field: (flow: JudgedFlow, reverse: boolean) => Value) {
  return {
    [`${name}_fwd`]: (flow: JudgedFlow) => field(flow, false),
    [`${name}_rev`]: (flow: JudgedFlow) => field(flow, true),
  };
}

function ofWay({ packets }: JudgedFlow, reverse: boolean): Packet[] {
  return packets.filter((counted) => counted.reverse === reverse).map(({ packet }) => packet);
}

/** Seconds with what is below a microsecond cut off, as records have it. */
const seconds = (nanoseconds: bigint) => Number(nanoseconds / 1000n) / 1e6;

const BASIC: Record<string, Field> = {
  sip: ({ ends }) => ends.source,
  dip: ({ ends }) => ends.destination,
  proto: ({ ends }) => ends.protocol,
  sp: ({ ends }) => ends.sourcePort,
  dp: ({ ends }) => ends.destinationPort,
  pkt_first: ({ packets }) => seconds(packets[0]!.packet.nanoseconds),
  pkt_last: ({ packets }) =>
    seconds(
      packets.reduce(
        (last, { packet: { nanoseconds } }) => nanoseconds > last ? nanoseconds : last,
        0n,
      ),
    ),
  ...bothWays("pkt", (flow, reverse) => ofWay(flow, reverse).length),
  ...bothWays(
    "oct",
    (flow, reverse) => ofWay(flow, reverse).reduce((sum, { octets }) => sum + octets, 0),
  ),
};

const TCP: Record<string, Field> = {
  ...bothWays(
    "tcp_synflags",
    (flow, reverse) => segments(flow, reverse).find(isSyn)?.flags ?? null,
  ),
  ...bothWays(
    "tcp_fin",
    (flow, reverse) => segments(flow, reverse).some(({ flags }) => flags & FIN),
  ),
  ...bothWays(
    "tcp_rst",
    (flow, reverse) => segments(flow, reverse).some(({ flags }) => flags & RST),
  ),
  tcp_connected: (flow) => isConnected(flow),
};

/** SYN forward, SYN-ACK in reverse as the first SYN of its way, and then an ACK forward. */
function isConnected({ packets }: JudgedFlow): boolean {
  const all = packets.filter(({ packet, error }) => packet.tcp !== null && !error);
  const syns = ([false, true] as const).map((way) =>
    all.findIndex(({ packet, reverse }) => reverse === way && isSyn(packet.tcp!))
  );
  const [there, back] = syns as [number, number];
  if (there < 0 || back < 0 || !isSynAck(all[back]!.packet.tcp!)) return false;
  return all.slice(Math.max(there, back) + 1).some(({ packet, reverse }) =>
    !reverse && (packet.tcp!.flags & (SYN | ACK | RST)) === ACK
  );
}

const CODEPOINTS = { ect1: 1, ect0: 2, ce: 3 } as const;

const ECN: Record<string, Field> = Object.fromEntries(
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

const TCPX: Record<string, Field> = {
  tcpx_syn_fwd: (flow) => opening(flow).length,
  tcpx_synack_rev: (flow) => segments(flow, true).filter(isSynAck).length,
  tcpx_syn_differed: (flow) =>
    opening(flow).some(({ flags }, _, [first]) => flags !== first!.flags),
  tcpx_synflags_answered: (flow) => answered(flow),
};

/** Place of the SYN-ACK that answers: the first behind a SYN. */
function answer({ packets }: JudgedFlow): number {
  const is = (test: (segment: Segment) => boolean, way: boolean) => (counted: Counted) =>
    counted.reverse === way && counted.packet.tcp !== null && !counted.error &&
    test(counted.packet.tcp);
  const first = packets.findIndex(is(isOpening, false));
  if (first < 0) return -1;
  return packets.findIndex((counted, i) => i > first && is(isSynAck, true)(counted));
}

/** The SYNs before their answer. */
function opening(flow: JudgedFlow): Segment[] {
  const end = answer(flow);
  const before = { ...flow, packets: end < 0 ? flow.packets : flow.packets.slice(0, end) };
  return segments(before, false).filter(isOpening);
}

/**
 * Flags of the SYN that was answered: the one whose timestamp the SYN-ACK echoes, or, since it may
 * have been sent unseen, the last before a later timestamp; without timestamps the last of all.
 */
function answered(flow: JudgedFlow): number | null | undefined {
  const at = answer(flow);
  if (at < 0) return null;
  const syns = opening(flow);
  const synAck = flow.packets[at]!.packet.tcp!;
  const last = syns.at(-1)!.flags;
  if (syns.every(({ flags }) => flags === last)) return last;
  if ([synAck, ...syns].some(({ cut }) => cut)) return undefined;
  if (synAck.timestamps === null) return last;
  const [, echo] = synAck.timestamps;
  const echoed = syns.find(({ timestamps }) => timestamps?.[0] === echo);
  const later = syns.findIndex(({ timestamps }) => timestamps !== null && timestamps[0] > echo);
  return echoed?.flags ?? (later > 0 ? syns[later - 1]!.flags : last);
}

const DSCP: Record<string, Field> = {
  ...bothWays("dscp_mark_syn", (flow, reverse) => own(flow, reverse).find(onSyn)?.dscp ?? null),
  ...bothWays(
    "dscp_mark_data",
    (flow, reverse) =>
      own(flow, reverse).find(({ tcp }) => tcp === null || !isSyn(tcp) && tcp.payload > 0)?.dscp ??
        null,
  ),
};

const MSS: Record<string, Field> = {
  ...bothWays("mss_value", (flow, reverse) => synWithMss(flow, reverse)?.mss ?? null),
  ...bothWays("mss_len", (flow, reverse) => {
    const syn = synWithMss(flow, reverse);
    return syn?.lengths[syn.kinds.indexOf(2)] ?? null;
  }),
};

function synWithMss(flow: JudgedFlow, reverse: boolean): Segment | undefined {
  return segments(flow, reverse).find((segment) => isSyn(segment) && segment.mss !== null);
}

const TCPOPT: Record<string, Field> = Object.fromEntries(
  Object.entries({ ts: 8, ws: 3, sack: 4 }).map(([name, kind]) => [
    `tcpopt_${name}`,
    (flow: JudgedFlow) => segments(flow, true).find(isSynAck)?.kinds.includes(kind) ? true : null,
  ]),
);

const UNREACHABLE: Record<string, (icmp: { type: number }) => boolean> = {
  4: ({ type }) => type === 3,
  6: ({ type }) => type === 1,
};

const ICMP: Record<string, Field> = {
  icmp_unreachable: ({ packets }) => packets.some(isUnreachable),
};

/** An unreachable message in the reverse direction, which completes a flow. */
export function isUnreachable({ packet, reverse, error }: Counted): boolean {
  if (!error || !reverse) return false;
  return UNREACHABLE[packet.source.includes(":") ? 6 : 4]!(packet.icmp!);
}

const UDP: Record<string, Field> = bothWays("udp_zero_checksum", (flow, reverse) => {
  const last = own(flow, reverse).findLast(({ udpChecksum }) => udpChecksum !== null);
  return last === undefined ? null : last.udpChecksum === 0;
});

const EVIL: Record<string, Field> = Object.fromEntries(
  [true, false].flatMap((syn) =>
    Object.entries(bothWays(
      `evilbit_${syn ? "syn" : "data"}`,
      (flow, reverse) =>
        own(flow, reverse).find((packet) => packet.evil !== null && onSyn(packet) === syn)?.evil ??
          null,
    ))
  ),
);

const DNS: Record<string, Field> = {
  dns_response_valid: ({ packets }) => packets.some(isDnsResponse),
};

/** A valid DNS response in the reverse direction, which completes a flow. */
export function isDnsResponse({ packet, reverse, error }: Counted): boolean {
  return reverse && !error && packet.dnsResponse !== null;
}

/** Each field of a flow record, as it follows from the packets that tshark tells. */
export const FIELDS: Readonly<Record<string, Field>> = {
  ...BASIC,
  ...TCP,
  ...ECN,
  ...TCPX,
  ...DSCP,
  ...MSS,
  ...TCPOPT,
  ...ICMP,
  ...UDP,
  ...EVIL,
  ...DNS,
};
