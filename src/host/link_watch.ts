import { Failure } from "./failure.ts";
import { type Interface, interfaceNamed, sourceAddress } from "./interface.ts";
import { libc, must } from "./libc.ts";
import { type Reactor, READY } from "./reactor.ts";

// rtnetlink(7)
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC_NONBLOCK = 0o2004003;
const NETLINK_ROUTE = 0;
const LINK_GROUP = 0x1;
const ADDRESS_GROUPS = 0x10 | 0x100;
const ROUTE_GROUPS = 0x40 | 0x400;

/** How long changes are gathered before they are looked at, in milliseconds. */
const GATHER = 200;

const DROPPED = new Uint8Array(8192);

/**
 * Watches that an interface stays usable: up, connected, with the addresses that connections are made
 * from. What a host does not receive while its own interface is down, or at an address that it no
 * longer has, says nothing about any path.
 *
 * The reactor's `run` rejects with a `Failure` soon after it does not.
 */
export class LinkWatch implements Disposable {
  readonly #fd: number;
  readonly #reactor: Reactor;
  /** As it was when it was looked at last. */
  #device: Interface;
  readonly #check: () => void;
  /** When something changed that was not looked at yet; null when nothing did. */
  #changed: number | null = null;

  /** `check` is called after each change too, also of routes: what it throws ends the run. */
  constructor(reactor: Reactor, device: Interface, check: () => void) {
    this.#reactor = reactor;
    this.#device = device;
    this.#check = check;
    this.#fd = must("socket", libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC_NONBLOCK, NETLINK_ROUTE));
    const address = new Uint8Array(
      new Uint32Array([AF_NETLINK, 0, LINK_GROUP | ADDRESS_GROUPS | ROUTE_GROUPS]).buffer,
    );
    must("bind", libc.bind(this.#fd, address, address.length));
    reactor.add(this.#fd, READY.read, () => this.#hear());
    reactor.onTurn(() => this.#look());
  }

  close(): void {
    this.#reactor.remove(this.#fd);
    libc.close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Something changed somewhere: the messages do not matter, only what is so now. */
  #hear(): void {
    let got = 0;
    do got = libc.recv(this.#fd, DROPPED, BigInt(DROPPED.length), 0); while (got > 0);
    // Whatever the error is: lost messages (ENOBUFS) are one more reason to look
    this.#changed ??= performance.now();
  }

  #look(): void {
    if (this.#changed === null || performance.now() - this.#changed < GATHER) return;
    this.#changed = null;
    const now = interfaceNamed(this.#device.name);
    for (const family of [4, 6] as const) {
      const before = addresses(this.#device, family);
      if (before.length > 0) sourceAddress(now, family);
      const lost = before.find((address) =>
        !this.#device.deprecated.includes(address) && !addresses(now, family).includes(address)
      );
      if (lost !== undefined) {
        throw new Failure(
          `The address ${lost} went away from ${now.name} during the run, and with it the answers ` +
            `to what was sent from it: run again for the targets that have no result.`,
        );
      }
    }
    this.#device = now;
    this.#check();
  }
}

function addresses(device: Interface, family: 4 | 6): readonly string[] {
  return family === 4 ? device.ipv4 : device.ipv6;
}
