import { addressBytes, AF_INET } from "../../host/address.ts";
import { libc, must } from "../../host/libc.ts";
import { RawSocket } from "../../host/raw_socket.ts";
import { type Reactor, READY } from "../../host/reactor.ts";
import { receiveSome } from "../../host/socket.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } from "../../host/socket_type.ts";
import { openTun } from "../../host/tun.ts";
import type { LoadedPacket } from "../../transit/packet.ts";

/** Protocol numbers of IPv4 and IPv6 in IPv4 (RFC 2003, RFC 4213). */
const PROTOCOLS = { 4: 4, 6: 41 } as const;
const OUTER = 20;
const TIME_TO_LIVE = 64;
const ECT1 = 1;
const ECT0 = 2;
const CE = 3;
/** Packets that are taken in one turn. */
const MOST_TAKEN = 256;

const piece = new Uint8Array(64 * 1024);

/**
 * One end of a tunnel: what is sent to its interface goes to the other end in packets of IPv4, whose DSCP
 * and ECN field are those of the inner one; what comes from there has its ECN field put together again
 * (RFC 6040, section 4, normal mode).
 */
export class TunnelEnd implements Disposable {
  readonly #reactor: Reactor;
  readonly #packet: LoadedPacket;
  readonly #tun: number;
  readonly #sender: RawSocket;
  readonly #receivers: readonly number[];
  readonly #from: Uint8Array;
  readonly #to: Uint8Array;

  /**
   * Opens it in the network namespace that this thread is in.
   *
   * @param name of its TUN interface, which is there
   * @param from its own address on the outside
   * @param to the other end's
   * @throws {Failure} when it cannot be opened
   */
  constructor(reactor: Reactor, packet: LoadedPacket, name: string, from: string, to: string) {
    this.#reactor = reactor;
    this.#packet = packet;
    this.#from = addressBytes(from);
    this.#to = addressBytes(to);
    this.#tun = openTun(name);
    this.#sender = new RawSocket(reactor, 4, null, undefined);
    this.#receivers = Object.values(PROTOCOLS).map((protocol) =>
      must("socket", libc.socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol))
    );
    reactor.add(this.#tun, READY.read, () => this.#take((octets) => this.#wrap(octets)));
    for (const fd of this.#receivers) {
      reactor.add(fd, READY.read, () => {
        for (let taken = 0; taken < MOST_TAKEN; taken++) {
          const count = receiveSome(fd, piece);
          if (count <= 0) return;
          this.#unwrap(piece.subarray(0, count));
        }
      });
    }
  }

  [Symbol.dispose](): void {
    for (const fd of [this.#tun, ...this.#receivers]) {
      this.#reactor.remove(fd);
      libc.close(fd);
    }
    this.#sender.close();
  }

  #take(each: (octets: Uint8Array) => void): void {
    for (let taken = 0; taken < MOST_TAKEN; taken++) {
      const count = libc.read(this.#tun, piece, BigInt(piece.length));
      if (count <= 0) return;
      each(piece.subarray(0, count));
    }
  }

  #wrap(inner: Uint8Array): void {
    if (!this.#packet.load(inner)) return;
    const { version, dscp, ecn } = this.#packet;
    const outer = new Uint8Array(OUTER + inner.length);
    const view = new DataView(outer.buffer);
    view.setUint8(0, 0x45);
    view.setUint8(1, dscp << 2 | ecn);
    view.setUint16(2, outer.length);
    view.setUint8(8, TIME_TO_LIVE);
    view.setUint8(9, PROTOCOLS[version]);
    outer.set(this.#from, 12);
    outer.set(this.#to, 16);
    outer.set(inner, OUTER);
    // One that has no way, or no room, is lost as on any path
    this.#sender.send(outer, this.#to, () => {});
  }

  /** Takes an outer header off, which the kernel has checked. */
  #unwrap(outer: Uint8Array): void {
    if (this.#to.some((octet, at) => outer[12 + at] !== octet)) return;
    const inner = outer.subarray((outer[0]! & 15) * 4);
    if (!this.#packet.load(inner)) return;
    const [field, own] = [outer[1]! & 3, this.#packet.ecn];
    if (field === CE && own === 0) return;
    // What was marked on the way stays marked; CE over ECT(1), ECT(1) over ECT(0)
    if (own !== 0 && field === CE || own === ECT0 && field === ECT1) this.#packet.ecn = field;
    const whole = this.#packet.finish() ?? inner;
    libc.write(this.#tun, whole.slice(), BigInt(whole.length));
  }
}
