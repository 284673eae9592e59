import type { Counted, JudgedFlow } from "./flows.ts";
import type { Packet } from "./packet.ts";
import type { Segment } from "./transport.ts";

/** A value of a flow record; undefined where the capture was cut before it. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly number[]
  | readonly string[]
  | undefined;

/** How a field follows from a flow's packets. */
export type Field = (flow: JudgedFlow) => Value;

/** Fields by their names. */
export type Fields = Readonly<Record<string, Field>>;

export const FIN = 1, SYN = 2, RST = 4, ACK = 16;

/** A field of each direction, with its suffix. */
export function bothWays(
  name: string,
  field: (flow: JudgedFlow, reverse: boolean) => Value,
): Fields {
  return {
    [`${name}_fwd`]: (flow) => field(flow, false),
    [`${name}_rev`]: (flow) => field(flow, true),
  };
}

/** All packets of a direction, errors that quote the flow included. */
export function ofWay({ packets }: JudgedFlow, reverse: boolean): Packet[] {
  return packets.filter((counted) => counted.reverse === reverse).map(({ packet }) => packet);
}

/** The flow's own packets of a direction, without errors that quote it. */
export function own({ packets }: JudgedFlow, reverse: boolean): Packet[] {
  return packets.filter((counted) => counted.reverse === reverse && !counted.error)
    .map(({ packet }) => packet);
}

/** The TCP segments of a direction. */
export function segments(flow: JudgedFlow, reverse: boolean): Segment[] {
  return own(flow, reverse).flatMap(({ tcp }) => tcp === null ? [] : [tcp]);
}

/** Whether a counted packet is a segment of a direction that passes a test. */
export function isSegment(
  { packet: { tcp }, reverse, error }: Counted,
  way: boolean,
  test: (segment: Segment) => boolean,
): boolean {
  return reverse === way && tcp !== null && !error && test(tcp);
}

export const isSyn = ({ flags }: Segment): boolean => (flags & SYN) !== 0;
export const isOpening = ({ flags }: Segment): boolean => (flags & (SYN | ACK)) === SYN;
export const isSynAck = ({ flags }: Segment): boolean => (flags & (SYN | ACK)) === (SYN | ACK);

/** Whether a packet is a SYN. */
export const onSyn = ({ tcp }: Packet): boolean => tcp !== null && isSyn(tcp);

/** Whether a packet is not TCP, or a segment with payload; unknown for a later fragment. */
export function carriesData({ protocol, tcp }: Packet): boolean {
  return protocol !== 6 || tcp !== null && tcp.payload > 0;
}
