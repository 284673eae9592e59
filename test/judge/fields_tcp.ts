import type { Counted, JudgedFlow } from "./flows.ts";
import {
  ACK,
  bothWays,
  type Fields,
  FIN,
  isOpening,
  isSegment,
  isSyn,
  isSynAck,
  RST,
  segments,
  SYN,
} from "./field.ts";
import type { Segment } from "./transport.ts";

export const TCP: Fields = {
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

const MSS_KIND = 2;

/** The first SYN of a direction that has the option. */
function synWithMss(flow: JudgedFlow, reverse: boolean): Segment | undefined {
  return segments(flow, reverse).find((segment) =>
    isSyn(segment) && segment.options.some(({ kind }) => kind === MSS_KIND)
  );
}

export const MSS: Fields = {
  ...bothWays(
    "mss_len",
    (flow, reverse) =>
      synWithMss(flow, reverse)?.options.find(({ kind }) => kind === MSS_KIND)?.length ?? null,
  ),
  ...bothWays("mss_value", (flow, reverse) => synWithMss(flow, reverse)?.mss ?? null),
};

const grants: Readonly<Record<string, (synAck: Segment) => boolean>> = {
  ts: ({ timestamps }) => timestamps !== null,
  ws: ({ scale }) => scale !== null,
  sack: ({ options }) => options.some(({ kind, length }) => kind === 4 && length === 2),
};

/** Whether the first SYN-ACK that tells grants something; one whose options were cut may not. */
function granted(name: string) {
  return ({ packets }: JudgedFlow) => {
    const synAck = packets.flatMap(({ packet: { tcp }, error }) =>
      error || tcp === null ? [] : [tcp]
    )
      .filter(isSynAck)
      .find((segment) => !segment.cut || Object.values(grants).some((has) => has(segment)));
    if (synAck === undefined) return null;
    return grants[name]!(synAck) ? true : synAck.cut ? null : false;
  };
}

export const TCPOPT: Fields = {
  tcpopt_ts: granted("ts"),
  tcpopt_ws: granted("ws"),
  tcpopt_sack: granted("sack"),
};

const FAST_OPEN = 34;
/** Kinds and identifier of the experiments that became it (design, section 5). */
const EXPERIMENTS = [254, 255];
const EXID = 0xf989;

/** The Fast Open option of a segment: that of kind 34, or the first experiment of that name. */
function fastOpen({ options }: Segment): { kind: number; cookie: number } | undefined {
  const own = options.findLast(({ kind }) => kind === FAST_OPEN);
  if (own !== undefined) return { kind: FAST_OPEN, cookie: own.length! - 2 };
  const experiment = options.find(({ kind, experiment }) =>
    EXPERIMENTS.includes(kind) && experiment === EXID
  );
  return experiment && { kind: experiment.kind, cookie: experiment.length! - 4 };
}

/** What a flow shows of Fast Open; undefined where the capture cut options. */
function opened({ packets }: JudgedFlow) {
  const isOpen = (counted: Counted) =>
    isSegment(counted, false, (segment) => isOpening(segment) && fastOpen(segment) !== undefined);
  const handshake = packets.filter(({ packet }) => packet.tcp !== null && isSyn(packet.tcp));
  if (handshake.some(({ packet }) => packet.tcp!.cut)) return undefined;
  const at = packets.findIndex(isOpen);
  if (at < 0) return {};
  const syn = packets[at]!.packet.tcp!;
  const answers = packets.slice(at + 1)
    .flatMap((counted) => isSegment(counted, true, isSynAck) ? [counted.packet.tcp!] : []);
  return {
    syn,
    option: fastOpen(syn)!,
    acknowledgement: answers.find(({ acknowledgement }) => acknowledgement !== 0)?.acknowledgement,
    answer: answers.map(fastOpen).find((option) => option !== undefined),
  };
}

type Opened = NonNullable<ReturnType<typeof opened>>;

const tfo = (value: (opened: Opened) => number | undefined) => (flow: JudgedFlow) => {
  const found = opened(flow);
  return found && (value(found) ?? 0);
};

export const TFO: Fields = {
  tfo_synkind: tfo(({ option }) => option?.kind),
  tfo_ackkind: tfo(({ answer }) => answer?.kind),
  tfo_synclen: tfo(({ option }) => option?.cookie),
  tfo_ackclen: tfo(({ answer }) => answer?.cookie),
  tfo_seq: tfo(({ syn }) => syn?.sequence),
  tfo_dlen: tfo(({ syn }) => syn?.payload),
  tfo_ack: tfo(({ acknowledgement }) => acknowledgement),
};
