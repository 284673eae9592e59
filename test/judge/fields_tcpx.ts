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
  tcpx_syn_acked: (flow) => isAcked(flow),
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
    if (syn?.broken) return undefined;
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

/**
 * The SYNs forward up to the answer, and the place of the SYN-ACK that answers, -1 without one: the
 * first behind a SYN, unless the same SYN is sent again after it.
 */
function handshake({ packets }: JudgedFlow): { syns: Packet[]; answer: number } {
  const syns: Packet[] = [];
  let answer = -1;
  const initial = packets.map(({ packet }) => packet.tcp)
    .find((tcp) => tcp !== null && isOpening(tcp))?.sequence;
  for (const [i, counted] of packets.entries()) {
    if (isSegment(counted, false, isOpening)) {
      if (answer >= 0 && counted.packet.tcp!.sequence !== initial) continue;
      answer = -1;
      syns.push(counted.packet);
    } else if (answer < 0 && syns.length > 0 && isSegment(counted, true, isSynAck)) answer = i;
  }
  return { syns, answer };
}

/** Whether a SYN-ACK acknowledged the first SYN: its number and one, or as much more as was sent by then. */
function isAcked({ packets }: JudgedFlow): boolean {
  const initial = packets.map(({ packet }) => packet.tcp)
    .find((tcp) => tcp !== null && isOpening(tcp))?.sequence;
  let began = false;
  let sent = 0;
  return packets.some((counted) => {
    const { tcp } = counted.packet;
    if (isSegment(counted, false, () => true)) sent += tcp!.payload;
    if (isSegment(counted, false, isOpening)) began = true;
    if (!began || !isSegment(counted, true, isSynAck)) return false;
    return (tcp!.acknowledgement - initial! - 1 + 2 ** 33) % 2 ** 32 <= sent;
  });
}

const answer = (flow: JudgedFlow): number => handshake(flow).answer;
const openingPackets = (flow: JudgedFlow): Packet[] => handshake(flow).syns;
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
  // Where flags change more than once, spider keeps those of the first SYNs and of the last
  const [changed, again] = syns.flatMap(({ flags }, i) =>
    i > 0 && flags !== syns[i - 1]!.flags ? [i] : []
  );
  const stamp = (i: number) => syns[i]!.timestamps?.[0] ?? 0;
  if (again !== undefined && echo >= stamp(changed!) && echo < stamp(syns.length - 1)) return null;
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
  const taken = (from: Packet) => {
    const between = Number(end / 1000n - from.nanoseconds / 1000n);
    // A clock that was set back
    return between < 0 ? null : between;
  };
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
