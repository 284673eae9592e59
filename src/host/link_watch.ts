import { Failure } from "./failure.ts";
import { type Interface, interfaceNamed, interfaces, sourceAddress } from "./interface.ts";
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

/** Calls back soon after a link, an address or a route of this network namespace has changed. */
export class LinkWatch implements Disposable {
  readonly #fd: number;
  readonly #reactor: Reactor;
  /** When something changed that was not told of yet; null when nothing did. */
  #since: number | null = null;

  /** @param changed the reactor's `run` rejects with what it throws */
  constructor(reactor: Reactor, changed: () => void) {
    this.#reactor = reactor;
    this.#fd = must("socket", libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC_NONBLOCK, NETLINK_ROUTE));
    const address = new Uint8Array(
      new Uint32Array([AF_NETLINK, 0, LINK_GROUP | ADDRESS_GROUPS | ROUTE_GROUPS]).buffer,
    );
    must("bind", libc.bind(this.#fd, address, address.length));
    reactor.add(this.#fd, READY.read, () => this.#hear());
    reactor.onTurn(() => {
      if (this.#since === null || performance.now() - this.#since < GATHER) return;
      this.#since = null;
      changed();
    });
  }

  close(): void {
    this.#reactor.remove(this.#fd);
    libc.close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The messages do not matter, only what is so now; lost ones (ENOBUFS) are one more reason to look. */
  #hear(): void {
    let got = 0;
    do got = libc.recv(this.#fd, DROPPED, BigInt(DROPPED.length), 0); while (got > 0);
    this.#since ??= performance.now();
  }
}

/**
 * A check that an interface stays usable: up, connected, with the addresses that connections are
 * made from. What a host does not receive while its own interface is down, or at an address that it
 * no longer has, says nothing about any path.
 *
 * @returns what throws a `Failure` as soon as it is not
 */
export function staysUsable(device: Interface): () => void {
  let before = device;
  return () => {
    const now = interfaceNamed(before.name);
    for (const family of [4, 6] as const) {
      const had = addresses(before, family);
      if (had.length > 0) sourceAddress(now, family);
      const lost = had.find((address) =>
        !before.deprecated.includes(address) && !addresses(now, family).includes(address)
      );
      if (lost !== undefined) {
        throw new Failure(
          `The address ${lost} went away from ${now.name} during the run, and with it the answers ` +
            `to what was sent from it: run again for the targets that have no result.`,
        );
      }
    }
    before = now;
  };
}

function addresses(device: Interface, family: 4 | 6): readonly string[] {
  return family === 4 ? device.ipv4 : device.ipv6;
}

/** Why nothing can be captured on an interface any more; null while something can. */
export function whyDeaf(name: string): string | null {
  const now = interfaces().find((found) => found.name === name);
  if (now === undefined) return "the interface is gone";
  return now.up ? null : "the interface went down";
}
