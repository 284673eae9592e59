import type { JudgedFlow } from "./flows.ts";
import {
  bothWays,
  type Fields,
  isOpening,
  isSegment,
  isSyn,
  isSynAck,
  own,
  segments,
} from "./field.ts";
import { MSS } from "./fields_tcp.ts";
import type { Packet } from "./packet.ts";
import type { Segment } from "./transport.ts";

export const TCPX: Fields = {
  tcpx_syn_fwd: (flow) => opening(flow).length,
  tcpx_synack_rev: (flow) => segments(flow, true).filter(isSynAck).length,
  tcpx_syn_differed: (flow) =>
    opening(flow).some(({ flags }, _, [first]) => flags !== first!.flags),
  tcpx_synflags_answered: (flow) => answered(flow),
  tcpx_rtt_us: (flow) => roundTrip(flow),
  ...bothWays(
    "tcpx_ttl",
    (flow, reverse) => own(flow, reverse).find(({ tcp }) => tcp !== null)?.ttl ?? null,
  ),
  ...bothWays("tcpx_window", (flow, reverse) => firstSyn(flow, reverse)?.window ?? null),
  ...bothWays("tcpx_options", (flow, reverse) => {
    const syn = firstSyn(flow, reverse);
    return syn === undefined || syn.cut ? null : syn.options.map(({ kind }) => kind);
  }),
  tcpx_mss_fwd: MSS.mss_value_fwd!,
  tcpx_mss_rev: MSS.mss_value_rev!,
  ...bothWays("tcpx_wscale", (flow, reverse) => firstSyn(flow, reverse)?.scale ?? null),
  ...bothWays(
    "tcpx_payload",
    (flow, reverse) => segments(flow, reverse).reduce((sum, { payload }) => sum + payload, 0),
  ),
};

function firstSyn(flow: JudgedFlow, reverse: boolean): Segment | undefined {
  return segments(flow, reverse).find(isSyn);
}

/** Place of the SYN-ACK that answers: the first behind a SYN. */
function answer({ packets }: JudgedFlow): number {
  const first = packets.findIndex((counted) => isSegment(counted, false, isOpening));
  if (first < 0) return -1;
  return packets.findIndex((counted, i) => i > first && isSegment(counted, true, isSynAck));
}

/** The SYNs before their answer. */
function openingPackets(flow: JudgedFlow): Packet[] {
  const end = answer(flow);
  return (end < 0 ? flow.packets : flow.packets.slice(0, end))
    .filter((counted) => isSegment(counted, false, isOpening)).map(({ packet }) => packet);
}

const opening = (flow: JudgedFlow): Segment[] => openingPackets(flow).map(({ tcp }) => tcp!);

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

/**
 * Microseconds from the SYN that was answered to its answer. After a retransmission only an echo
 * that is one SYN's timestamp and no other's tells which one that was (Karn's rule).
 */
function roundTrip(flow: JudgedFlow): number | null | undefined {
  const at = answer(flow);
  if (at < 0) return null;
  const syns = openingPackets(flow);
  const { tcp: synAck, nanoseconds: end } = flow.packets[at]!.packet;
  const taken = (from: Packet) => Number(end / 1000n - from.nanoseconds / 1000n);
  if (syns.length === 1) return taken(syns[0]!);
  if ([synAck!, ...opening(flow)].some(({ cut }) => cut)) return undefined;
  const echoed = syns.filter(({ tcp }) =>
    tcp!.timestamps !== null && tcp!.timestamps[0] === synAck!.timestamps?.[1]
  );
  if (echoed.length !== 1) return null;
  const [syn] = echoed;
  // Of those between the first and the last spider keeps no time
  if (syn === syns.at(-1)) return taken(syn!);
  return syn === flow.packets[0]!.packet ? taken(syn!) : null;
}
