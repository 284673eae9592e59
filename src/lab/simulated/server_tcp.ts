import { type Arrived, optionOf } from "./arrived.ts";
import type { ServerApp } from "./services.ts";
import { type SentTcp, TcpEnd } from "./tcp_end.ts";
import {
  fastOpenOf,
  type FastOpenOption,
  KIND,
  MSS,
  synOptions,
  timestampsOf,
} from "./tcp_options.ts";
import { FLAG } from "./tcp_stream.ts";
import type { VirtualClock } from "./virtual_clock.ts";

const NOTHING = new Uint8Array();
/** Octets of the Timestamps option in every segment. */
const STAMP = 12;
/** What a segment may hold where a SYN does not say (RFC 9293, section 3.7.1), and at least, as Linux has it. */
const UNSAID = 536;
const LEAST = 48;
/** How long a SYN-ACK that was not acknowledged is waited for first, in milliseconds, and how often it is sent. */
const PATIENCE = 1000;
const MOST_SYN_ACKS = 6;

/** What a server's connection is made with. */
export interface ServerTcpOptions {
  readonly clock: VirtualClock;
  /** The sequence number that it begins with. */
  readonly first: number;
  /** Makes the cookie of the client; null where Fast Open is off. */
  readonly cookie: (() => Uint8Array) | null;
  readonly app: ServerApp;
  /** Sends a segment back. */
  send(segment: SentTcp): void;
  /** It is over, in order or not. */
  ended(inOrder: boolean): void;
}

/** A server's side of a TCP connection, as Linux has it, which begins with a SYN. */
export class ServerTcp extends TcpEnd {
  readonly #options: ServerTcpOptions;
  readonly #syn: Arrived;
  readonly #fastOpen: FastOpenOption | null;
  #established = false;
  #synAcks = 0;
  #stopWaiting: () => void = () => {};

  constructor(syn: Arrived, options: ServerTcpOptions) {
    super(options.clock, options.first, MSS[syn.version]);
    this.#options = options;
    this.#syn = syn;
    const asks = FLAG.ECE | FLAG.CWR;
    // A SYN that is marked itself is none of RFC 3168
    this.ecn = (syn.flags & asks) === asks && syn.ecn === 0;
    const timestamps = timestampsOf(syn);
    this.hasTimestamps = timestamps !== null;
    this.echo = timestamps?.[0] ?? 0;
    const mss = optionOf(syn, KIND.mss);
    const announced = mss?.length === 2 ? mss[0]! << 8 | mss[1]! : UNSAID;
    const size = Math.max(LEAST, Math.min(announced, this.mss));
    this.segmentSize = size - (this.hasTimestamps ? STAMP : 0);
    this.receiveNext = syn.sequence + 1 >>> 0;
    const asked = options.cookie === null ? null : fastOpenOf(syn);
    const cookie = asked === null ? NOTHING : options.cookie!();
    const isKnown = asked !== null && same(asked.cookie, cookie);
    this.#fastOpen = asked === null || isKnown ? null : { kind: asked.kind, cookie };
    if (isKnown) this.receiveNext = this.receiveNext + syn.payload.length >>> 0;
    this.#sendSynAck();
    if (isKnown && syn.payload.length > 0) this.received(syn.payload);
  }

  /** Takes a segment of the connection. */
  arrived(segment: Arrived): void {
    if (!this.#established && !this.#establish(segment)) return;
    this.take(segment);
  }

  protected post(segment: SentTcp): void {
    this.#options.send(segment);
  }

  protected received(data: Uint8Array<ArrayBuffer>): void {
    // The kernel acknowledges before the program has an answer
    this.#soon(() => {
      const answer = this.#options.app.received(data);
      if (answer === null) return;
      this.write(answer.octets);
      if (answer.isLast) this.finish();
    });
  }

  protected peerEnded(): void {
    this.#soon(() => this.finish());
  }

  protected wasReset(): void {}

  protected ended(inOrder: boolean): void {
    this.#stopWaiting();
    this.#options.ended(inOrder);
  }

  /** Whether a segment completes the handshake. */
  #establish({ flags, sequence }: Arrived): boolean {
    const { SYN, ACK, RST } = FLAG;
    if ((flags & (SYN | ACK | RST)) === SYN && sequence === this.#syn.sequence) this.#sendSynAck();
    else if (flags & RST) this.drop();
    else if (flags & ACK) {
      this.#stopWaiting();
      this.#established = true;
    }
    return this.#established;
  }

  #sendSynAck(): void {
    const syn = this.#syn;
    const { SYN, ACK, ECE } = FLAG;
    const options = synOptions({
      mss: this.mss,
      timestamps: this.stamp(),
      windowScale: optionOf(syn, KIND.windowScale) !== null,
      sack: optionOf(syn, KIND.sack) !== null,
      fastOpen: this.#fastOpen,
    });
    this.put(SYN | ACK | (this.ecn ? ECE : 0), this.first, NOTHING, options);
    this.#stopWaiting();
    if (++this.#synAcks > MOST_SYN_ACKS) return;
    this.#stopWaiting = this.clock.after(PATIENCE * 2 ** (this.#synAcks - 1), () => {
      if (this.#synAcks === MOST_SYN_ACKS) this.drop();
      else this.#sendSynAck();
    });
  }

  #soon(call: () => void): void {
    this.clock.after(0, () => {
      if (!this.isOver) call();
    });
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}
