import { ipSpec } from "../../connect/transport/ip_spec.ts";
import type { SocketOptions } from "../../contract/connection.ts";
import type { Endpoint } from "../../contract/job.ts";
import { ERRNO } from "../../host/errno.ts";
import type { Arrived } from "./arrived.ts";
import type { ClientHost, TcpSocket } from "./client_host.ts";
import { isAfter } from "./sent_queue.ts";
import { SynTimer } from "./syn_timer.ts";
import { type SentTcp, TcpEnd } from "./tcp_end.ts";
import { fastOpenOf, type FastOpenOption, MSS, synOptions, timestampsOf } from "./tcp_options.ts";
import { FLAG } from "./tcp_stream.ts";

const NOTHING = new Uint8Array();
/** Octets of the Timestamps option in every segment. */
const STAMP = 12;

/** What the program on a client's socket is told. */
export interface SocketUser {
  established(): void;
  received(data: Uint8Array<ArrayBuffer>): void;
  /** The other side will send no more. */
  peerEnded(): void;
  /** It ended, with an error number. */
  failed(errno: number): void;
}

/** What a client's connection is made with. */
export interface ClientTcpOptions {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly socket: SocketOptions;
  /** What the first SYN may carry; undefined for nothing. */
  readonly early: Uint8Array<ArrayBuffer> | undefined;
  readonly user: SocketUser;
}

/** A client's side of a TCP connection, as Linux has it. */
export class ClientTcp extends TcpEnd implements TcpSocket {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #host: ClientHost;
  readonly #socket: SocketOptions;
  readonly #user: SocketUser;
  readonly #began: number;
  /** What its first SYN asks of Fast Open. */
  readonly #asked: FastOpenOption | null;
  /** What the first SYN carries. */
  readonly #data: Uint8Array<ArrayBuffer>;
  readonly #syns: SynTimer;
  #established = false;

  constructor(host: ClientHost, { local, remote, socket, early, user }: ClientTcpOptions) {
    const { mss = MSS[remote.address.includes(":") ? 6 : 4], ecn = false, fastOpen } = socket;
    super(host.clock, host.randomNumber(), mss);
    this.local = local;
    this.remote = remote;
    this.#host = host;
    this.#socket = socket;
    this.#user = user;
    this.#began = host.clock.now;
    this.#syns = new SynTimer(host.clock, () => this.#sendSyn());
    this.ecn = ecn;
    this.hasTimestamps = host.setting("net.ipv4.tcp_timestamps");
    this.#asked = fastOpen === undefined
      ? null
      : host.cookies.ask(remote.address, fastOpen === "cookie");
    this.#data = early !== undefined && (this.#asked?.cookie.length ?? 0) > 0 ? early : NOTHING;
  }

  /** Octets of the first data that the SYN carries. */
  get carries(): number {
    return this.#data.length;
  }

  /** Sends the first SYN. */
  begin(): void {
    this.#syns.next();
  }

  /** Its program closes it, by RST where that is asked for. */
  close(reset: boolean): void {
    if (!this.#established) {
      this.#syns.stop();
      this.drop();
    } else if (reset) this.abort();
    else this.finish();
  }

  arrived(segment: Arrived): void {
    if (this.#established) this.take(segment);
    else if (!this.isOver) this.#answered(segment);
  }

  refused(errno: number): void {
    // Once it is established, the kernel waits whether it comes right again
    if (!this.#established && !this.isOver) this.#fail(errno);
  }

  protected post({ ecn, payload, ...fields }: SentTcp): void {
    const { local, remote } = this;
    this.#host.send({
      ip: { ...ipSpec(local, remote, this.#socket), ecn },
      transport: {
        kind: "tcp",
        sourcePort: local.port,
        destinationPort: remote.port,
        ...fields,
      },
      payload,
    });
  }

  protected received(data: Uint8Array<ArrayBuffer>): void {
    this.#user.received(data);
  }

  protected peerEnded(): void {
    this.#user.peerEnded();
  }

  protected wasReset(): void {
    this.#user.failed(ERRNO.ECONNRESET);
  }

  protected ended(inOrder: boolean): void {
    this.#host.ended(this, inOrder);
  }

  #fail(errno: number): void {
    this.#syns.stop();
    this.drop();
    this.#user.failed(errno);
  }

  /** Sends a SYN; from the second on without what the first one asked for beyond plain TCP. */
  #sendSyn(): void {
    const isFirst = this.#syns.sent === 1;
    this.ecn &&= isFirst;
    const options = synOptions({
      mss: this.mss,
      timestamps: this.stamp(),
      windowScale: this.#host.setting("net.ipv4.tcp_window_scaling"),
      sack: this.#host.setting("net.ipv4.tcp_sack"),
      fastOpen: isFirst ? this.#asked : null,
    });
    const flags = FLAG.SYN | (this.ecn ? FLAG.ECE | FLAG.CWR : 0);
    this.put(flags, this.first, isFirst ? this.#data : NOTHING, options);
  }

  #answered(segment: Arrived): void {
    const { flags, acknowledgment } = segment;
    const { SYN, ACK, RST } = FLAG;
    const end = this.first + 1 + this.#data.length >>> 0;
    const isAcceptable = (flags & ACK) !== 0 && isAfter(acknowledgment, this.first) &&
      !isAfter(acknowledgment, end);
    if (flags & RST) {
      if (isAcceptable) this.#fail(ERRNO.ECONNREFUSED);
    } else if ((flags & ACK) !== 0 && !isAcceptable) {
      // Of an old connection on these ports (RFC 9293, section 3.5.2)
      this.put(RST, acknowledgment, NOTHING, []);
      this.#syns.hurry();
    } else if ((flags & (SYN | ACK)) === (SYN | ACK)) this.#establish(segment);
  }

  #establish(segment: Arrived): void {
    const { flags, sequence, acknowledgment } = segment;
    this.#syns.stop();
    this.#established = true;
    this.sent.roundTrip = this.clock.now - this.#began;
    this.receiveNext = sequence + 1 >>> 0;
    const timestamps = timestampsOf(segment);
    this.hasTimestamps &&= timestamps !== null;
    this.echo = timestamps?.[0] ?? 0;
    // Both flags are a copy of the SYN's own
    this.ecn &&= (flags & (FLAG.ECE | FLAG.CWR)) === FLAG.ECE;
    this.segmentSize = this.mss - (this.hasTimestamps ? STAMP : 0);
    if (this.#asked !== null) {
      const brought = fastOpenOf(segment);
      this.#host.cookies.answered(this.remote.address, this.#asked, brought, this.#syns.sent > 1);
    }
    if (this.#data.length > 0) {
      this.carried(this.#data);
      this.sent.confirm(acknowledgment);
    }
    this.acknowledge();
    this.sent.sendAgain();
    this.#user.established();
  }
}
