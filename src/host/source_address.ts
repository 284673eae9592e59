import {
  addressBytes,
  AF_INET,
  AF_INET6,
  decodeSockaddr,
  encodeSockaddr,
  SOCKADDR_LENGTH,
} from "./address.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { lastErrno, libc, must } from "./libc.ts";
import { noAddress } from "./missing.ts";
import { NOTICES, openNotices } from "./netlink/notices.ts";
import { OnlySource } from "./only_source.ts";
import { type Reactor, READY } from "./reactor.ts";
import { bindToInterface, closeSocket, setMark, startConnect } from "./socket.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } from "./socket_type.ts";
import { IPPROTO_RAW } from "./ip_protocol.ts";

/** What the choice of a source over IPv4 may depend on. */
const CHOICE = NOTICES.links | NOTICES.addresses4 | NOTICES.routes4 | NOTICES.rules4;

/** Takes back what a socket was connected to (connect(2)). */
const UNSPECIFIED = new Uint8Array(16);

/**
 * Asks the kernel which address it would send from: for packets that are sent without it, and so
 * name their source themselves.
 */
export class SourceAddress implements Disposable {
  readonly #fd: number;
  readonly #name = new Uint8Array(SOCKADDR_LENGTH);
  readonly #remote: Uint8Array<ArrayBuffer>;
  readonly #length = new Uint32Array(1);
  readonly #interface: string | null;
  readonly #reactor: Reactor;
  /** What the kernel need not be asked for, and where changes of it are reported. */
  #only: { readonly source: OnlySource; readonly notices: number } | null = null;

  /**
   * @param mark firewall mark that the route may depend on; none when missing
   * @throws {Failure} without the privilege, or the interface
   */
  constructor(
    reactor: Reactor,
    version: 4 | 6,
    interfaceName: string | null,
    mark: number | undefined,
  ) {
    this.#reactor = reactor;
    const family = version === 4 ? AF_INET : AF_INET6;
    this.#interface = interfaceName;
    this.#remote = encodeSockaddr(new Uint8Array(version === 4 ? 4 : 16), 0);
    // A raw socket uses no port, unlike a UDP socket, for each look-up
    const type = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
    this.#fd = must("socket", libc.socket(family, type, IPPROTO_RAW));
    const bound = interfaceName === null ? 0 : bindToInterface(this.#fd, interfaceName);
    const marked = mark === undefined || bound < 0 ? 0 : setMark(this.#fd, mark);
    if (bound >= 0 && marked >= 0) {
      if (version === 4) this.#findOnly();
      return;
    }
    closeSocket(this.#fd);
    throw new Failure(
      `cannot forge packets for ${interfaceName ?? "any interface"} (${
        errnoName(-Math.min(bound, marked))
      })`,
    );
  }

  /** The address for packets to a destination of 4 or 16 octets, or a negated error number: no route. */
  towards(destination: Uint8Array): string | number {
    if (this.#only?.source.isFor(destination)) return this.#only.source.address;
    this.#remote.set(destination, destination.length === 4 ? 4 : 8);
    const connected = startConnect(this.#fd, this.#remote);
    if (connected < 0) return connected;
    this.#length[0] = SOCKADDR_LENGTH;
    must("getsockname", libc.getsockname(this.#fd, this.#name, this.#length));
    must("connect", startConnect(this.#fd, UNSPECIFIED));
    // What it was connected to is taken back with what it was bound to (Linux, __udp_disconnect)
    if (this.#interface !== null) must("setsockopt", bindToInterface(this.#fd, this.#interface));
    return decodeSockaddr(this.#name).address;
  }

  /**
   * Checks that an address is one of this host's own.
   *
   * @throws {Failure} when it is not
   */
  check(address: string): void {
    const local = encodeSockaddr(addressBytes(address), 0);
    if (libc.bind(this.#fd, local, local.length) >= 0) return;
    if (lastErrno() !== ERRNO.EADDRNOTAVAIL) {
      throw new Failure(`cannot send from ${address} (${errnoName(lastErrno())})`);
    }
    throw noAddress(address);
  }

  close(): void {
    this.#forgetOnly();
    closeSocket(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Finds out whether there is only one, until something changes: from then on the kernel is asked. */
  #findOnly(): void {
    // Before the look, so that no change falls between the two
    const notices = openNotices(CHOICE);
    const source = OnlySource.of(this.#interface);
    if (source === null) {
      closeSocket(notices);
      return;
    }
    this.#only = { source, notices };
    this.#reactor.add(notices, READY.read, () => this.#forgetOnly());
  }

  #forgetOnly(): void {
    if (this.#only === null) return;
    this.#reactor.remove(this.#only.notices);
    closeSocket(this.#only.notices);
    this.#only = null;
  }
}
