import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { readKernelFile } from "./kernel_file.ts";
import { lastErrno, libc, must } from "./libc.ts";
import { AF_NETLINK } from "./netlink/socket.ts";
import { type Reactor, READY } from "./reactor.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } from "./socket_type.ts";

// netlink(7), linux/netfilter/nfnetlink_queue.h
const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
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
const ATTRIBUTE_NUMBER = 0x3fff;

/** Octets of a netlink header, of it with netfilter's own, and of an attribute's header. */
const HEADER = 16;
const HEADERS = HEADER + 4;
const ATTRIBUTE = 4;
/** Octets of a verdict that changes nothing. */
const VERDICT_LENGTH = HEADERS + ATTRIBUTE + 8;

/** Octets of verdicts that are sent at once: far less than the socket's buffer. */
const OUTGOING = 1 << 17;
/** Packets that the kernel holds for us at most; it drops the others. */
const MOST_HELD = 65_535;
const BUFFER = 64 * 1024 * 1024;
/** Packets that are taken in one turn, so that queues take turns. */
const MOST_TAKEN = 512;

/** What becomes of a packet; the numbers are the kernel's (linux/netfilter.h). */
export const VERDICTS = { drop: 0, accept: 1 } as const;

/** A packet that the kernel holds until it is decided. */
export interface HeldPacket {
  readonly id: number;
  /** Its beginning, or all of it; lent for the call. */
  readonly octets: Uint8Array;
}

/**
 * Packets that a rule of iptables with the target NFQUEUE has sent here, in the network namespace that
 * this thread is in when it is made.
 */
export class PacketQueue implements Disposable {
  readonly #number: number;
  readonly #reactor: Reactor;
  readonly #fd: number;
  readonly #heard = new Uint8Array(1 << 17);
  readonly #view = new DataView(this.#heard.buffer);
  readonly #outgoing = new Uint8Array(OUTGOING);
  readonly #verdicts = new DataView(this.#outgoing.buffer);
  #written = 0;

  /**
   * @param copied octets of each packet that are handed over
   * @param held called with each packet, which is held until it is decided
   * @throws {Failure} when the queue cannot be had
   */
  constructor(
    reactor: Reactor,
    number: number,
    copied: number,
    held: (packet: HeldPacket) => void,
  ) {
    this.#number = number;
    this.#reactor = reactor;
    const type = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
    this.#fd = must("socket", libc.socket(AF_NETLINK, type, NETLINK_NETFILTER));
    const size = Int32Array.of(BUFFER);
    must("setsockopt", libc.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, size, 4));
    must("setsockopt", libc.setsockopt(this.#fd, SOL_SOCKET, SO_SNDBUFFORCE, size, 4));
    this.#configure(CONFIG_COMMAND, [BIND, 0, 0, 0]);
    this.#configure(CONFIG_PARAMETERS, [...be32(copied), COPY_PACKET]);
    this.#configure(CONFIG_LENGTH, be32(MOST_HELD));
    reactor.add(this.#fd, READY.read, () => this.#receive(held));
  }

  /** Lets packets go on, at once. */
  accept(ids: readonly number[]): void {
    for (const id of ids) this.decide(id, VERDICTS.accept);
    this.flush();
  }

  /** Throws packets away, at once. */
  drop(ids: readonly number[]): void {
    for (const id of ids) this.decide(id, VERDICTS.drop);
    this.flush();
  }

  /**
   * Decides about one packet, with the next {@linkcode flush}.
   *
   * @param changed what goes on in its place
   */
  decide(id: number, verdict: number, changed?: Uint8Array): void {
    const payload = changed === undefined ? 0 : ATTRIBUTE + aligned(changed.length);
    const length = VERDICT_LENGTH + payload;
    if (this.#written + length > OUTGOING) this.flush();
    const at = this.#written;
    const to = this.#verdicts;
    to.setUint32(at, length, true);
    to.setUint16(at + 4, VERDICT, true);
    to.setUint16(at + 6, REQUEST, true);
    to.setUint32(at + 8, 0);
    to.setUint32(at + 12, 0);
    to.setUint32(at + HEADER, this.#number);
    to.setUint16(at + HEADERS, ATTRIBUTE + 8, true);
    to.setUint16(at + HEADERS + 2, VERDICT_HEADER, true);
    to.setUint32(at + HEADERS + ATTRIBUTE, verdict);
    to.setUint32(at + HEADERS + ATTRIBUTE + 4, id);
    if (changed !== undefined) {
      to.setUint16(at + VERDICT_LENGTH, ATTRIBUTE + changed.length, true);
      to.setUint16(at + VERDICT_LENGTH + 2, PAYLOAD, true);
      this.#outgoing.set(changed, at + VERDICT_LENGTH + ATTRIBUTE);
    }
    this.#written += length;
  }

  /** Tells the kernel what was decided. */
  flush(): void {
    if (this.#written === 0) return;
    const verdicts = this.#outgoing.subarray(0, this.#written);
    this.#written = 0;
    const sent = libc.send(this.#fd, verdicts, BigInt(verdicts.length), 0);
    // A packet is gone when its namespace lost the interface that it came from
    if (sent < 0 && lastErrno() !== ERRNO.ENOENT) must("send", sent);
  }

  [Symbol.dispose](): void {
    this.#reactor.remove(this.#fd);
    libc.close(this.#fd);
  }

  #receive(held: (packet: HeldPacket) => void): void {
    for (let taken = 0; taken < MOST_TAKEN; taken++) {
      const length = libc.recv(this.#fd, this.#heard, BigInt(this.#heard.length), 0);
      if (length < 0) return;
      this.#read(length, held);
    }
  }

  /** Reads the packets of one message, or of several. */
  #read(length: number, held: (packet: HeldPacket) => void): void {
    const view = this.#view;
    for (let at = 0; at + HEADER <= length;) {
      const end = at + view.getUint32(at, true);
      if (end < at + HEADERS || end > length) return;
      if (view.getUint16(at + 4, true) === PACKET) {
        let id: number | null = null;
        let octets: Uint8Array | null = null;
        for (let part = at + HEADERS; part + ATTRIBUTE <= end;) {
          const size = view.getUint16(part, true);
          if (size < ATTRIBUTE) break;
          const type = view.getUint16(part + 2, true) & ATTRIBUTE_NUMBER;
          if (type === PACKET_HEADER) id = view.getUint32(part + ATTRIBUTE);
          if (type === PAYLOAD) octets = this.#heard.subarray(part + ATTRIBUTE, part + size);
          part += aligned(size);
        }
        if (id !== null && octets !== null) held({ id, octets });
      }
      at += aligned(end - at);
    }
  }

  #configure(attribute: number, value: readonly number[]): void {
    const padded = aligned(value.length);
    const message = new Uint8Array(HEADERS + ATTRIBUTE + padded);
    const to = new DataView(message.buffer);
    to.setUint32(0, message.length, true);
    to.setUint16(4, CONFIG, true);
    to.setUint16(6, REQUEST_ACK, true);
    to.setUint16(HEADER + 2, this.#number);
    to.setUint16(HEADERS, ATTRIBUTE + value.length, true);
    to.setUint16(HEADERS + 2, attribute, true);
    message.set(value, HEADERS + ATTRIBUTE);
    must("send", libc.send(this.#fd, message, BigInt(message.length), 0));
    must("recv", libc.recv(this.#fd, this.#heard, BigInt(this.#heard.length), 0));
    const isError = this.#view.getUint16(4, true) === ERROR;
    const error = isError ? -this.#view.getInt32(HEADER, true) : 0;
    if (error === 0) return;
    libc.close(this.#fd);
    const why = error === ERRNO.EBUSY || error === ERRNO.EPERM
      ? "another program has it"
      : errnoName(error);
    throw new Failure(`cannot take packets from the queue ${this.#number}: ${why}`);
  }
}

/** How many packets the kernel dropped because a queue of this network namespace was full, or not read. */
export function queueDrops(): number {
  return dropsIn(readKernelFile("/proc/thread-self/net/netfilter/nfnetlink_queue"));
}

/**
 * The same from the kernel's text. A line has queue, port, packets in it, mode, range, those dropped by
 * the queue, those dropped by the socket, last id, and 1 (nfnetlink_queue.c).
 */
export function dropsIn(text: string): number {
  return text.split("\n").map((line) => line.trim().split(/\s+/))
    .reduce((sum, fields) => sum + Number(fields[5] ?? 0) + Number(fields[6] ?? 0), 0);
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}

function be32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}
