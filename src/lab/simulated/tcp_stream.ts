import type { Arrived } from "./arrived.ts";
import { isAfter, SentQueue } from "./sent_queue.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Flags of TCP segments (RFC 9293, section 3.1). */
export const FLAG = {
  FIN: 0x01,
  SYN: 0x02,
  RST: 0x04,
  PSH: 0x08,
  ACK: 0x10,
  ECE: 0x40,
  CWR: 0x80,
} as const;

const NOTHING = new Uint8Array();

/**
 * One side of a TCP connection from its handshake on (RFC 9293): what it has sent is sent again until it
 * is acknowledged, what comes is taken in its order. Everything that fits is sent at once.
 */
export abstract class TcpStream {
  protected sendNext: number;
  protected receiveNext = 0;
  /** Octets of payload that fit into a segment. */
  protected segmentSize = 536;
  /** What was sent and is not acknowledged. */
  protected readonly sent: SentQueue;
  /** Its program has closed it. */
  #closed = false;
  #peerEnded = false;
  #over = false;
  #owesAck = false;
  /** What came before what precedes it, by sequence number. */
  readonly #early = new Map<number, Arrived>();

  constructor(protected readonly clock: VirtualClock, first: number) {
    this.sendNext = first;
    this.sent = new SentQueue({
      clock,
      sendAgain: ({ flags, sequence, payload }) => this.transmit(flags, sequence, payload, false),
      giveUp: () => this.drop(),
    });
  }

  /** Sends a segment; `isNew` of what is not sent again. */
  protected abstract emit(
    flags: number,
    sequence: number,
    payload: Uint8Array<ArrayBuffer>,
    isNew: boolean,
  ): void;
  /** Octets came, in their order. */
  protected abstract received(data: Uint8Array<ArrayBuffer>): void;
  /** The other side will send no more. */
  protected abstract peerEnded(): void;
  /** The other side has reset the connection. */
  protected abstract wasReset(): void;
  /** It is over: closed from both sides in order, or not. */
  protected abstract ended(inOrder: boolean): void;

  get isOver(): boolean {
    return this.#over;
  }

  /** Sends octets. */
  write(data: Uint8Array<ArrayBuffer>): void {
    for (let at = 0; at < data.length; at += this.segmentSize) {
      const payload = data.subarray(at, at + this.segmentSize);
      const isLast = at + payload.length === data.length;
      this.#send(FLAG.ACK | (isLast ? FLAG.PSH : 0), payload);
    }
  }

  /** Ends the own direction. */
  finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#send(FLAG.ACK | FLAG.FIN, NOTHING);
  }

  /** Ends it by RST. */
  abort(): void {
    if (this.#over) return;
    this.transmit(FLAG.ACK | FLAG.RST, this.sendNext, NOTHING, true);
    this.drop();
  }

  /** Ends it without a packet. */
  drop(): void {
    this.#end(false);
  }

  /** Notes what a SYN carried, which is sent again on its own when the answer did not take it. */
  protected carried(data: Uint8Array<ArrayBuffer>): void {
    this.#note(FLAG.ACK | FLAG.PSH, data);
  }

  protected transmit(
    flags: number,
    sequence: number,
    payload: Uint8Array<ArrayBuffer>,
    isNew: boolean,
  ): void {
    this.#owesAck = false;
    this.emit(flags, sequence, payload, isNew);
  }

  protected acknowledge(): void {
    this.transmit(FLAG.ACK, this.sendNext, NOTHING, true);
  }

  /** Takes a segment of the established connection. */
  protected take(segment: Arrived): void {
    if (this.#over) {
      // What closes late is acknowledged again
      if ((segment.flags & FLAG.FIN) !== 0) this.acknowledge();
      return;
    }
    const { flags, sequence } = segment;
    if (flags & FLAG.RST) {
      if (sequence !== this.receiveNext) return;
      this.drop();
      this.wasReset();
      return;
    }
    // Of this connection, sent again, or of another one on its ports (RFC 5961, section 4)
    if (flags & FLAG.SYN) return this.acknowledge();
    if ((flags & FLAG.ACK) === 0) return;
    this.sent.confirm(segment.acknowledgment);
    if (segment.payload.length > 0 || flags & FLAG.FIN) this.#receive(segment);
    if (this.#owesAck) this.acknowledge();
    const isDone = this.#closed && this.#peerEnded && this.sent.isEmpty;
    if (isDone && !this.#over) this.#end(true);
  }

  #receive(segment: Arrived): void {
    this.#owesAck = true;
    if (isAfter(segment.sequence, this.receiveNext)) {
      this.#early.set(segment.sequence, segment);
      return;
    }
    let next: Arrived | undefined = segment;
    while (next !== undefined && next.sequence === this.receiveNext && !this.#over) {
      this.#early.delete(next.sequence);
      this.#accept(next);
      next = this.#early.get(this.receiveNext);
    }
  }

  #accept({ payload, flags }: Arrived): void {
    this.receiveNext = this.receiveNext + payload.length >>> 0;
    if (payload.length > 0) {
      // Nobody will read it (RFC 9293, section 3.10.7.4)
      if (this.#closed) return this.abort();
      this.received(payload);
    }
    if ((flags & FLAG.FIN) === 0) return;
    this.receiveNext = this.receiveNext + 1 >>> 0;
    this.#peerEnded = true;
    this.peerEnded();
  }

  #end(inOrder: boolean): void {
    this.#over = true;
    this.sent.stop();
    this.ended(inOrder);
  }

  #send(flags: number, payload: Uint8Array<ArrayBuffer>): void {
    const sequence = this.sendNext;
    this.#note(flags, payload);
    this.transmit(flags, sequence, payload, true);
  }

  #note(flags: number, payload: Uint8Array<ArrayBuffer>): void {
    this.sent.add({ sequence: this.sendNext, flags, payload });
    this.sendNext = this.sendNext + payload.length + (flags & FLAG.FIN ? 1 : 0) >>> 0;
  }
}
