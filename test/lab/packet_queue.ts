import { ERRNO, errnoName } from "../../src/host/errno.ts";
import { lastErrno, libc, must } from "../../src/host/libc.ts";
import { type Reactor, READY } from "../../src/host/reactor.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } from "../../src/host/socket_type.ts";

// netlink(7), linux/netfilter/nfnetlink_queue.h
const AF_NETLINK = 16;
const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const QUEUE = 3 << 8;
const PACKET = QUEUE | 0;
const VERDICT = QUEUE | 1;
const CONFIG = QUEUE | 2;
const ERROR = 2;
const REQUEST = 1;
const REQUEST_ACK = 5;
const CONFIG_COMMAND = 1;
const CONFIG_PARAMETERS = 2;
const CONFIG_LENGTH = 3;
const BIND = 1;
const COPY_PACKET = 2;
const PACKET_HEADER = 1;
const VERDICT_HEADER = 2;
const PAYLOAD = 10;
const DROP = 0;
const ACCEPT = 1;

/** Octets of a netlink header, and of it with netfilter's own. */
const HEADER = 16;
const HEADERS = HEADER + 4;
const ATTRIBUTE = 4;

/** Octets of a verdict, and verdicts in one send. */
const VERDICT_LENGTH = HEADERS + ATTRIBUTE + 8;
const VERDICTS = 256;

/** Octets of each packet that are looked at: the IP header. */
const LOOK = 64;
/** Packets that the kernel holds for us at most; it drops the others. */
const MOST_HELD = 65_535;
const BUFFER = 64 * 1024 * 1024;

/** A packet that the kernel holds until it is released. */
export interface HeldPacket {
  readonly id: number;
  /** Its beginning, lent for the call. */
  readonly octets: Uint8Array;
}

/** Packets that an iptables rule with the target NFQUEUE has sent here, in this network namespace. */
export class PacketQueue implements Disposable {
  readonly #number: number;
  readonly #reactor: Reactor;
  readonly #fd: number;
  readonly #heard = new Uint8Array(65_536);

  /** @param held called with each packet, which is held until {@linkcode accept} */
  constructor(reactor: Reactor, number: number, held: (packet: HeldPacket) => void) {
    this.#number = number;
    this.#reactor = reactor;
    this.#fd = must(
      "socket",
      libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER),
    );
    const size = Int32Array.of(BUFFER);
    must("setsockopt", libc.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, size, 4));
    this.#configure(CONFIG_COMMAND, [BIND, 0, 0, 0]);
    this.#configure(CONFIG_PARAMETERS, [...be32(LOOK), COPY_PACKET]);
    this.#configure(CONFIG_LENGTH, be32(MOST_HELD));
    reactor.add(this.#fd, READY.read, () => this.#receive(held));
  }

  /** Lets packets go on. */
  accept(ids: readonly number[]): void {
    this.#decide(ids, ACCEPT);
  }

  /** Throws packets away. */
  drop(ids: readonly number[]): void {
    this.#decide(ids, DROP);
  }

  #decide(ids: readonly number[], verdict: number): void {
    for (let at = 0; at < ids.length; at += VERDICTS) {
      const some = ids.slice(at, at + VERDICTS);
      const messages = new Uint8Array(some.length * VERDICT_LENGTH);
      some.forEach((id, i) => {
        const value = [...be32(verdict), ...be32(id)];
        messages.set(this.#message(VERDICT, REQUEST, VERDICT_HEADER, value), i * VERDICT_LENGTH);
      });
      const sent = libc.send(this.#fd, messages, BigInt(messages.length), 0);
      // A packet is gone when its namespace lost the interface that it came from
      if (sent < 0 && lastErrno() !== ERRNO.ENOENT) must("send", sent);
    }
  }

  [Symbol.dispose](): void {
    this.#reactor.remove(this.#fd);
    libc.close(this.#fd);
  }

  #receive(held: (packet: HeldPacket) => void): void {
    while (true) {
      const length = libc.recv(this.#fd, this.#heard, BigInt(this.#heard.length), 0);
      if (length < 0) return;
      for (const { type, body } of messages(this.#heard.subarray(0, length))) {
        if (type !== PACKET) continue;
        const found = new Map(attributes(body));
        const header = found.get(PACKET_HEADER);
        const octets = found.get(PAYLOAD);
        if (header !== undefined && octets !== undefined) {
          held({ id: view(header).getUint32(0), octets });
        }
      }
    }
  }

  #configure(attribute: number, value: readonly number[]): void {
    const message = this.#message(CONFIG, REQUEST_ACK, attribute, value);
    must("send", libc.send(this.#fd, message, BigInt(message.length), 0));
    const length = must("recv", libc.recv(this.#fd, this.#heard, BigInt(this.#heard.length), 0));
    for (const { type, body } of messages(this.#heard.subarray(0, length))) {
      const error = type === ERROR ? -view(body).getInt32(0, true) : 0;
      if (error !== 0) throw new Error(`no packet queue: ${errnoName(error)}`);
    }
  }

  #message(
    type: number,
    flags: number,
    attribute: number,
    value: readonly number[],
  ): Uint8Array<ArrayBuffer> {
    const padded = Math.ceil(value.length / 4) * 4;
    const message = new Uint8Array(HEADERS + ATTRIBUTE + padded);
    const to = view(message);
    to.setUint32(0, message.length, true);
    to.setUint16(4, type, true);
    to.setUint16(6, flags, true);
    to.setUint16(HEADER + 2, this.#number);
    to.setUint16(HEADERS, ATTRIBUTE + value.length, true);
    to.setUint16(HEADERS + 2, attribute, true);
    message.set(value, HEADERS + ATTRIBUTE);
    return message;
  }
}

function* messages(octets: Uint8Array): Generator<{ type: number; body: Uint8Array }> {
  for (let at = 0; at + HEADER <= octets.length;) {
    const length = view(octets).getUint32(at, true);
    if (length < HEADER) return;
    yield {
      type: view(octets).getUint16(at + 4, true),
      body: octets.subarray(at + HEADER, at + length),
    };
    at += Math.ceil(length / 4) * 4;
  }
}

/** The attributes behind netfilter's header. */
function* attributes(body: Uint8Array): Generator<[number, Uint8Array]> {
  for (let at = HEADERS - HEADER; at + ATTRIBUTE <= body.length;) {
    const length = view(body).getUint16(at, true);
    if (length < ATTRIBUTE) return;
    yield [view(body).getUint16(at + 2, true) & 0x3fff, body.subarray(at + ATTRIBUTE, at + length)];
    at += Math.ceil(length / 4) * 4;
  }
}

function view(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

function be32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}
