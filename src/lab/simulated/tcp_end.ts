import type { TcpOptionSpec } from "../../contract/packet.ts";
import type { Arrived } from "./arrived.ts";
import { segmentOptions, timestampsOf, windowFor } from "./tcp_options.ts";
import { FLAG, TcpStream } from "./tcp_stream.ts";
import type { VirtualClock } from "./virtual_clock.ts";

const ECT_0 = 2;

/** A segment that is sent: what is to be said of it beside addresses and ports. */
export interface SentTcp {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly window: number;
  readonly options: readonly TcpOptionSpec[];
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly ecn: number;
}

/** One side of a TCP connection with what both sides may have agreed on: ECN and timestamps. */
export abstract class TcpEnd extends TcpStream {
  /** Whether what is sent is capable of ECN. */
  protected ecn = false;
  protected hasTimestamps = false;
  /** The timestamp that came last. */
  protected echo = 0;

  /**
   * @param first the sequence number of its SYN
   * @param mss octets of the segments that it announces
   */
  constructor(
    clock: VirtualClock,
    protected readonly first: number,
    protected readonly mss: number,
  ) {
    super(clock, first + 1 >>> 0);
    this.segmentSize = mss;
  }

  /** Sends a segment. */
  protected abstract post(segment: SentTcp): void;

  /** Timestamps of a segment that is sent now; null where there are none. */
  protected stamp(): readonly [number, number] | null {
    if (!this.hasTimestamps) return null;
    return [this.first + Math.floor(this.clock.now) >>> 0, this.echo];
  }

  /** Makes a segment of its parts. */
  protected put(
    flags: number,
    sequence: number,
    payload: Uint8Array<ArrayBuffer>,
    options: readonly TcpOptionSpec[],
    ecn = 0,
  ): void {
    const acknowledgment = (flags & FLAG.ACK) === 0 ? 0 : this.receiveNext;
    const window = windowFor(this.segmentSize);
    this.post({ flags, sequence, acknowledgment, window, options, payload, ecn });
  }

  protected override take(segment: Arrived): void {
    this.echo = timestampsOf(segment)?.[0] ?? this.echo;
    super.take(segment);
  }

  protected emit(
    flags: number,
    sequence: number,
    payload: Uint8Array<ArrayBuffer>,
    isNew: boolean,
  ): void {
    // What is sent again has no mark (RFC 3168, section 6.1.5)
    const ecn = this.ecn && isNew && payload.length > 0 ? ECT_0 : 0;
    this.put(flags, sequence, payload, segmentOptions(this.stamp()), ecn);
  }
}
