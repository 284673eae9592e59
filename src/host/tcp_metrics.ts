import { addressBytes } from "./address.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { attribute, joined, readAttributes, viewOf } from "./netlink/message.ts";
import { NETLINK, NetlinkSocket } from "./netlink/socket.ts";

// genetlink and linux/tcp_metrics.h
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const DELETE = 2;
const ADDRESS_4 = 1;
const ADDRESS_6 = 2;

/** Octets of the header of generic netlink. */
const HEADER = 4;
const VERSION = 1;

/**
 * What the kernel remembers of TCP connections to an address, such as its Fast Open cookie: the cache
 * that `ip tcp_metrics` shows.
 */
export class TcpMetrics implements Disposable {
  readonly #netlink = new NetlinkSocket(NETLINK.generic);
  readonly #family: number;
  /** Requests to forget an address, by IP version: the address is put into its place at their ends. */
  readonly #requests = { 4: deletion(ADDRESS_4, 4), 6: deletion(ADDRESS_6, 16) } as const;

  /** Throws a {@linkcode Failure} when the kernel has no such cache. */
  constructor() {
    const name = new TextEncoder().encode("tcp_metrics\0");
    const { errno, messages } = this.#netlink.ask({
      type: GENL_ID_CTRL,
      flags: 0,
      body: command(CTRL_CMD_GETFAMILY, attribute(CTRL_ATTR_FAMILY_NAME, name)),
    });
    const [family] = messages.flatMap(({ body }) =>
      readAttributes(body, HEADER).get(CTRL_ATTR_FAMILY_ID) ?? []
    );
    if (family?.length === 2) {
      this.#family = viewOf(family).getUint16(0, true);
      return;
    }
    this.close();
    throw new Failure(
      `the kernel has no cache of Fast Open cookies that could be emptied (${errnoName(errno)}): ` +
        `see whether \`ip tcp_metrics\` works`,
    );
  }

  /** Forgets an address, whether or not it is known. Throws a {@linkcode Failure} when not allowed to. */
  forget(address: string): void {
    const bytes = addressBytes(address);
    // Made anew for each address, a request takes as long as the kernel does to answer it
    const body = this.#requests[bytes.length === 4 ? 4 : 6];
    body.set(bytes, body.length - bytes.length);
    const { errno } = this.#netlink.ask({ type: this.#family, flags: 0, body });
    if (errno === 0 || errno === ERRNO.ESRCH) return;
    throw new Failure(
      `cannot make the kernel forget ${address} (${errnoName(errno)}): run as root`,
    );
  }

  close(): void {
    this.#netlink.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A request to forget an address of so many octets. */
function deletion(kind: number, octets: number): Uint8Array<ArrayBuffer> {
  return command(DELETE, attribute(kind, new Uint8Array(octets)));
}

/** A command of generic netlink. */
function command(number: number, attributes: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([Uint8Array.of(number, VERSION, 0, 0), attributes]);
}
