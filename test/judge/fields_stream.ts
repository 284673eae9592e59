import type { JudgedFlow } from "./flows.ts";
import { ACK, bothWays, type Fields, FIN, own, RST, segments, SYN } from "./field.ts";
import type { Packet } from "./packet.ts";
import type { Segment } from "./transport.ts";

/** Packets of a direction with a whole TCP header. */
const stamped = (flow: JudgedFlow, reverse: boolean) =>
  own(flow, reverse).filter(({ tcp }) => tcp !== null && tcp.timestamps !== null);

/** One that the capture may have cut the timestamps from. */
const isCut = (flow: JudgedFlow, reverse: boolean) =>
  segments(flow, reverse).some(({ cut, timestamps }) => cut && timestamps === null);

function stamp(at: 0 | -1, part: 0 | 1) {
  return (flow: JudgedFlow, reverse: boolean) => {
    if (isCut(flow, reverse)) return undefined;
    const some = stamped(flow, reverse).filter(({ tcp }) => part === 0 || tcp!.flags & ACK);
    return some.at(at)?.tcp?.timestamps?.[part] ?? null;
  };
}

/** Ticks a second between the first and the last timestamp. */
function rate(flow: JudgedFlow, reverse: boolean) {
  if (isCut(flow, reverse)) return undefined;
  const some = stamped(flow, reverse);
  if (some.length === 0) return null;
  const [first, last] = [some[0]!, some.at(-1)!];
  const ticks = (last.tcp!.timestamps![0] - first.tcp!.timestamps![0]) | 0;
  const seconds = Number(last.nanoseconds - first.nanoseconds) / 1e9;
  return seconds < 1 || ticks < 10 ? null : Math.floor(ticks / seconds + 0.5);
}

export const TIMESTAMPS: Fields = {
  ...bothWays("ts_value_first", stamp(0, 0)),
  ...bothWays("ts_value_last", stamp(-1, 0)),
  ...bothWays("ts_echo_first", stamp(0, 1)),
  ...bothWays("ts_echo_last", stamp(-1, 1)),
  ...bothWays("ts_rate", rate),
};

const marked = (codepoint: number) => (flow: JudgedFlow, reverse: boolean) =>
  own(flow, reverse).filter(({ ecn }) => ecn === codepoint).length;

const echoes = (flag: number) => (flow: JudgedFlow, reverse: boolean) =>
  segments(flow, reverse).filter(({ flags }) => (flags & SYN) === 0 && (flags & flag) !== 0).length;

export const ECNX: Fields = {
  ...bothWays("ecnx_ect0", marked(2)),
  ...bothWays("ecnx_ect1", marked(1)),
  ...bothWays("ecnx_ce", marked(3)),
  ...bothWays("ecnx_ce_time", (flow, reverse) => {
    const first = own(flow, reverse).find(({ ecn }) => ecn === 3);
    return first === undefined ? null : Number(first.nanoseconds / 1000n) / 1e6;
  }),
  ...bothWays("ecnx_ece", echoes(0x40)),
  ...bothWays("ecnx_cwr", echoes(0x80)),
};

interface Sent {
  readonly packet: Packet;
  readonly tcp: Segment;
  readonly reverse: boolean;
}

/** Segments of both directions in their order, without resets, from the first on that sends something. */
function conversation({ packets }: JudgedFlow): Sent[] {
  const all = packets.flatMap(({ packet, reverse, error }) =>
    error || packet.tcp === null || packet.tcp.flags & RST
      ? []
      : [{ packet, tcp: packet.tcp, reverse }]
  );
  const begin = all.findIndex(({ tcp }) => lengthOf(tcp) > 0);
  return begin < 0 ? [] : all.slice(begin);
}

const lengthOf = ({ flags, payload }: Segment) =>
  payload + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);

/** Counts segments that were sent again or overtaken, number by number. */
function losses(flow: JudgedFlow, way: boolean): { resent: number; reordered: number } {
  const counts = { resent: 0, reordered: 0 };
  const seen = new Set<number>();
  /** Where the numbers begin, how far they have come, and since when. */
  let base: number | null = null;
  let next = 0;
  let newest = 0n;
  let closed = false;
  for (const { packet, tcp, reverse } of conversation(flow)) {
    if (reverse !== way) {
      closed = tcp.window === 0 && (tcp.flags & SYN) === 0;
      continue;
    }
    const length = lengthOf(tcp);
    if (base === null) {
      base = tcp.sequence;
      for (let i = 0; i < length; i++) seen.add(i);
      [next, newest] = [length, packet.nanoseconds];
      continue;
    }
    const from = (tcp.sequence - base) | 0;
    const isSyn = (tcp.flags & SYN) !== 0;
    if (length === 0 || isSyn && from < next) continue;
    const isProbe = length === 1 && tcp.payload === 1 && !isSyn &&
      (from === next - 1 || closed && from === next);
    if (isProbe) continue;
    const numbers = Array.from({ length }, (_, i) => from + i);
    if (from < next) {
      const fills = numbers.some((one) => one >= 0 && one < next && !seen.has(one));
      const age = packet.nanoseconds - newest;
      if (fills && age <= 3_000_000n && age >= 0n) counts.reordered++;
      else counts.resent++;
    }
    for (const one of numbers) seen.add(one);
    if (from + length > next) [next, newest] = [from + length, packet.nanoseconds];
  }
  return counts;
}

export const LOSS: Fields = {
  ...bothWays("loss_resent", (flow, way) => losses(flow, way).resent),
  ...bothWays("loss_reordered", (flow, way) => losses(flow, way).reordered),
};

/** Microseconds from segments to what acknowledges them, one at a time. */
function roundTrips(flow: JudgedFlow, way: boolean): number[] {
  const samples: number[] = [];
  let next: number | null = null;
  let timed: { end: number; sent: bigint } | null = null;
  for (const { packet, tcp, reverse } of conversation(flow)) {
    if (reverse !== way) {
      if (timed === null || !(tcp.flags & ACK)) continue;
      if (((tcp.acknowledgement - timed.end) | 0) < 0) continue;
      const taken = packet.nanoseconds - timed.sent;
      timed = null;
      if (taken >= 0n) samples.push(Number(taken / 1000n));
      continue;
    }
    const length = lengthOf(tcp);
    const end = (tcp.sequence + length) >>> 0;
    const isNew: boolean = next === null || ((tcp.sequence - next) | 0) >= 0;
    if (!isNew && length > 0) timed = null;
    if (next === null || ((end - next) | 0) > 0) next = end;
    if (isNew && length > 0) timed ??= { end, sent: packet.nanoseconds };
  }
  return samples;
}

export const RTT: Fields = {
  ...bothWays("rtt_samples", (flow, way) => roundTrips(flow, way).length),
  ...bothWays("rtt_min_us", (flow, way) => {
    const samples = roundTrips(flow, way);
    // It counts to 71 minutes
    return samples.length === 0 ? null : Math.min(2 ** 32 - 1, ...samples);
  }),
};
