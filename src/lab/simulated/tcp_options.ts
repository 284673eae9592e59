import type { TcpOptionSpec } from "../../contract/packet.ts";
import { type Arrived, optionOf } from "./arrived.ts";

/** Kinds of TCP options. */
export const KIND = { mss: 2, windowScale: 3, sack: 4, timestamps: 8, fastOpen: 34 } as const;
/** Kinds for experiments, and the identifier of Fast Open among them (RFC 6994, RFC 7413 section 4.1). */
export const EXPERIMENT = 254;
const EXPERIMENTS: readonly number[] = [EXPERIMENT, 255];
const FAST_OPEN_ID = [0xf9, 0x89] as const;

/** What fits into an Ethernet frame besides IP and TCP headers. */
export const MSS = { 4: 1460, 6: 1440 } as const;
/** The shift count of windows, as Linux has it with its usual buffers. */
const SCALE = 10;
const NOP: TcpOptionSpec = { kind: 1 };

/** A Fast Open option. */
export interface FastOpenOption {
  readonly kind: number;
  /** Empty in a request for one. */
  readonly cookie: Uint8Array;
}

/** Options of a SYN or SYN-ACK. */
export interface SynOptions {
  readonly mss: number;
  /** Value and echo; null for none. */
  readonly timestamps: readonly [number, number] | null;
  readonly windowScale: boolean;
  readonly sack: boolean;
  readonly fastOpen: FastOpenOption | null;
}

/** The options of a SYN or SYN-ACK in Linux's order. */
export function synOptions(
  { mss, timestamps, windowScale, sack, fastOpen }: SynOptions,
): readonly TcpOptionSpec[] {
  const list: TcpOptionSpec[] = [{ kind: KIND.mss, data: Uint8Array.of(mss >> 8, mss) }];
  if (timestamps !== null) {
    list.push(...sack ? [{ kind: KIND.sack }] : [NOP, NOP], timestampsOption(timestamps));
  } else if (sack) list.push(NOP, NOP, { kind: KIND.sack });
  if (windowScale) list.push(NOP, { kind: KIND.windowScale, data: Uint8Array.of(SCALE) });
  if (fastOpen !== null) {
    const option = fastOpenOption(fastOpen);
    list.push(option, ...option.data.length % 4 === 0 ? [NOP, NOP] : []);
  }
  return list;
}

/** The window of a host's first segment: as many whole segments as the field can say. */
export function windowFor(segment: number): number {
  return Math.floor(0xffff / segment) * segment;
}

/** The options of any other segment. */
export function segmentOptions(
  timestamps: readonly [number, number] | null,
): readonly TcpOptionSpec[] {
  return timestamps === null ? [] : [NOP, NOP, timestampsOption(timestamps)];
}

/** The Timestamps option of a segment, its value and its echo; null without one. */
export function timestampsOf(segment: Arrived): readonly [number, number] | null {
  const data = optionOf(segment, KIND.timestamps);
  if (data?.length !== 8) return null;
  const view = new DataView(data.buffer, data.byteOffset);
  return [view.getUint32(0), view.getUint32(4)];
}

/** The Fast Open option of a SYN or SYN-ACK; null without one. */
export function fastOpenOf(segment: Arrived): FastOpenOption | null {
  const cookie = optionOf(segment, KIND.fastOpen);
  if (cookie !== null) return { kind: KIND.fastOpen, cookie };
  for (const kind of EXPERIMENTS) {
    const data = optionOf(segment, kind);
    if (data !== null && FAST_OPEN_ID.every((octet, at) => data[at] === octet)) {
      return { kind, cookie: data.subarray(FAST_OPEN_ID.length) };
    }
  }
  return null;
}

function fastOpenOption({ kind, cookie }: FastOpenOption) {
  const id = EXPERIMENTS.includes(kind) ? FAST_OPEN_ID : [];
  return { kind, data: Uint8Array.of(...id, ...cookie) };
}

function timestampsOption([value, echo]: readonly [number, number]): TcpOptionSpec {
  const data = new Uint8Array(8);
  const view = new DataView(data.buffer);
  view.setUint32(0, value);
  view.setUint32(4, echo);
  return { kind: KIND.timestamps, data };
}
