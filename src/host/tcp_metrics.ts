import { addressBytes } from "./address.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { libc, must } from "./libc.ts";

// genetlink and linux/tcp_metrics.h
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 0o2000003;
const NETLINK_GENERIC = 16;
const NLMSG_ERROR = 2;
const REQUEST_ACK = 0x1 | 0x4;
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const DELETE = 2;
const ADDRESS_4 = 1;
const ADDRESS_6 = 2;

/** Netlink's header and the generic one. */
const HEADERS = 16 + 4;
const VERSION = 1;

/**
 * What the kernel remembers of TCP connections to an address, such as its Fast Open cookie: the cache
 * that `ip tcp_metrics` shows.
 */
export class TcpMetrics implements Disposable {
  readonly #fd: number;
  readonly #heard = new Uint8Array(4096);
  #family = 0;

  /** Throws a {@linkcode Failure} when the kernel has no such cache. */
  constructor() {
    this.#fd = must("socket", libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_GENERIC));
    const name = new TextEncoder().encode("tcp_metrics\0");
    const error = this.#ask(
      GENL_ID_CTRL,
      CTRL_CMD_GETFAMILY,
      attribute(CTRL_ATTR_FAMILY_NAME, name),
    );
    if (this.#family !== 0) return;
    this.close();
    throw new Failure(
      `the kernel has no cache of Fast Open cookies that could be emptied (${errnoName(error)}): ` +
        `see whether \`ip tcp_metrics\` works`,
    );
  }

  /** Forgets an address, whether or not it is known. Throws a {@linkcode Failure} when not allowed to. */
  forget(address: string): void {
    const bytes = addressBytes(address);
    const kind = bytes.length === 4 ? ADDRESS_4 : ADDRESS_6;
    const error = this.#ask(this.#family, DELETE, attribute(kind, bytes));
    if (error === 0 || error === ERRNO.ESRCH) return;
    throw new Failure(
      `cannot make the kernel forget ${address} (${errnoName(error)}): run as root`,
    );
  }

  close(): void {
    libc.close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Sends a request and reads the answer: what was asked for, if there is any, then an error number, 0
   * for none.
   */
  #ask(family: number, command: number, attributes: Uint8Array): number {
    const message = new Uint8Array(HEADERS + attributes.length);
    const view = new DataView(message.buffer);
    view.setUint32(0, message.length, true);
    view.setUint16(4, family, true);
    view.setUint16(6, REQUEST_ACK, true);
    view.setUint8(16, command);
    view.setUint8(17, VERSION);
    message.set(attributes, HEADERS);
    must("send", libc.send(this.#fd, message, BigInt(message.length), 0));
    while (true) {
      const got = must("recv", libc.recv(this.#fd, this.#heard, BigInt(this.#heard.length), 0));
      const answer = new DataView(this.#heard.buffer, 0, got);
      if (answer.getUint16(4, true) === NLMSG_ERROR) return -answer.getInt32(16, true);
      this.#family ||= familyIn(answer);
    }
  }
}

/** The number of the family that an answer of the controller tells; 0 when it tells none. */
function familyIn(answer: DataView): number {
  for (let at = HEADERS; at + 4 <= answer.byteLength;) {
    const length = answer.getUint16(at, true);
    if (answer.getUint16(at + 2, true) === CTRL_ATTR_FAMILY_ID) {
      return answer.getUint16(at + 4, true);
    }
    at += Math.max(aligned(length), 4);
  }
  return 0;
}

function attribute(type: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(aligned(4 + value.length));
  const view = new DataView(octets.buffer);
  view.setUint16(0, 4 + value.length, true);
  view.setUint16(2, type, true);
  octets.set(value, 4);
  return octets;
}

/** Netlink's parts begin at multiples of four octets. */
function aligned(length: number): number {
  return (length + 3) & ~3;
}
