import { errnoName } from "../errno.ts";
import { Failure } from "../failure.ts";
import { lastErrno, libc, must } from "../libc.ts";
import { SOCK_CLOEXEC, SOCK_RAW } from "../socket_type.ts";
import {
  CONTROL,
  FLAG,
  HEADER,
  joined,
  type NetlinkMessage,
  readAttributes,
  readMessages,
  textIn,
  viewOf,
  writeMessage,
} from "./message.ts";

/** The address family of netlink's sockets. */
export const AF_NETLINK = 16;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SOL_NETLINK = 270;
/** An error's answer without the request that it answers. */
const NETLINK_CAP_ACK = 10;
/** An error's answer with the kernel's message. */
const NETLINK_EXT_ACK = 11;
/** The kernel filters a dump by what the request names, such as a table. */
const NETLINK_GET_STRICT_CHK = 12;
/** The text in an error's answer. */
const EXPLANATION = 1;

/** Protocols of netlink: routes and links, and those that have a name. */
export const NETLINK = { route: 0, generic: 16 } as const;

/** How long an answer may take, in seconds: the kernel gives it within the call that asks. */
const PATIENCE = 10;
/** How often a dump is repeated that was inconsistent because of changes. */
const MOST_DUMPS = 10;
/** Changes that are sent at once: that many refusals fit into the socket's buffer. */
const BATCH = 100;

/** Whether the kernel did what it was asked. */
export interface Acknowledgement {
  /** An error number; 0 for none. */
  readonly errno: number;
  /** The kernel's message; empty when there is none. */
  readonly why: string;
}

/** The kernel's answer to a request. */
export interface NetlinkReply extends Acknowledgement {
  readonly messages: readonly NetlinkMessage[];
}

/** A list of the kernel's; empty with an error. */
export interface List<T> extends Acknowledgement {
  readonly entries: readonly T[];
}

/** A change that the kernel refused, by its place in the list of those that were asked for. */
export interface Refused extends Acknowledgement {
  readonly at: number;
}

/** A request: what it is and what it says. */
export type Request = Pick<NetlinkMessage, "type" | "flags" | "body">;

/** Asks the kernel over netlink. Every call waits for its answer, which comes at once. */
export class NetlinkSocket implements Disposable {
  readonly #fd: number;
  readonly #heard = new Uint8Array(1 << 16);
  #sequence = 0;

  constructor(protocol: number) {
    this.#fd = must("socket", libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    const patience = new Uint8Array(new BigInt64Array([BigInt(PATIENCE), 0n]).buffer);
    libc.setsockopt(this.#fd, SOL_SOCKET, SO_RCVTIMEO, patience, patience.length);
    // A kernel without these options sends longer answers, shorter messages, and larger dumps
    const on = new Uint8Array(new Uint32Array([1]).buffer);
    for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK]) {
      libc.setsockopt(this.#fd, SOL_NETLINK, option, on, on.length);
    }
  }

  /** Sends a request and reads what answers it. */
  ask({ type, flags, body }: Request): NetlinkReply {
    const sequence = ++this.#sequence;
    this.#send([{ type, flags: flags | FLAG.request | FLAG.acknowledge, sequence, body }]);
    const messages: NetlinkMessage[] = [];
    while (true) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        if (message.type === CONTROL.error) return { ...errorIn(message), messages };
        messages.push(message);
      }
    }
  }

  /** Makes changes, in order, many at once. One that is refused does not stop the others. */
  change(requests: readonly Request[]): Refused[] {
    const refused: Refused[] = [];
    for (let from = 0; from < requests.length; from += BATCH) {
      const batch = requests.slice(from, from + BATCH);
      const first = this.#sequence + 1;
      this.#sequence += batch.length;
      const last = this.#sequence;
      // Only the last is acknowledged; errors are reported for each
      this.#send(batch.map(({ type, flags, body }, at) => ({
        type,
        flags: flags | FLAG.request | (first + at === last ? FLAG.acknowledge : 0),
        sequence: first + at,
        body,
      })));
      for (let done = false; !done;) {
        for (const message of this.#receive()) {
          if (message.type !== CONTROL.error || message.sequence < first) continue;
          const error = errorIn(message);
          if (error.errno !== 0) refused.push({ ...error, at: from + message.sequence - first });
          done ||= message.sequence === last;
        }
      }
    }
    return refused;
  }

  /**
   * All entries of a list.
   *
   * @param read what is kept of each; null for nothing
   * @throws {Failure} when the list changes so often that it cannot be read
   */
  dump<T>(
    request: Pick<Request, "type" | "body">,
    read: (entry: NetlinkMessage) => T | null,
  ): List<T> {
    for (let tries = 0; tries < MOST_DUMPS; tries++) {
      const list = this.#dumpOnce(request, read);
      if (list !== null) return list;
    }
    throw new Failure(
      "the kernel's list of interfaces, routes or rules changes faster than it can be read: see with " +
        "`ip monitor` what changes it",
    );
  }

  close(): void {
    libc.close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Null when the list changed meanwhile. */
  #dumpOnce<T>(
    { type, body }: Pick<Request, "type" | "body">,
    read: (entry: NetlinkMessage) => T | null,
  ): List<T> | null {
    const sequence = ++this.#sequence;
    this.#send([{ type, flags: FLAG.request | FLAG.dump, sequence, body }]);
    const entries: T[] = [];
    let whole = true;
    while (true) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        if (message.flags & FLAG.interrupted) whole = false;
        if (message.type === CONTROL.error) return { ...errorIn(message), entries: [] };
        if (message.type === CONTROL.done) {
          const error = errorIn(message);
          if (error.errno !== 0) return { ...error, entries: [] };
          return whole ? { ...error, entries } : null;
        }
        const entry = read(message);
        if (entry !== null) entries.push(entry);
      }
    }
  }

  #send(messages: readonly NetlinkMessage[]): void {
    const written = messages.map(writeMessage);
    const octets = written.length === 1 ? written[0]! : joined(written);
    must("send", libc.send(this.#fd, octets, BigInt(octets.length), 0));
  }

  #receive(): readonly NetlinkMessage[] {
    const got = libc.recv(this.#fd, this.#heard, BigInt(this.#heard.length), 0);
    if (got < 0) throw new Error(`netlink gave no answer: ${errnoName(lastErrno())}`);
    return readMessages(this.#heard.subarray(0, got));
  }
}

/** The status at the end of an answer. */
function errorIn({ type, flags, body }: NetlinkMessage): Acknowledgement {
  const errno = body.length < 4 ? 0 : 0 - viewOf(body).getInt32(0, true);
  // An error repeats the header of the request, the end of a dump does not
  const end = type === CONTROL.error ? 4 + HEADER : 4;
  const why = flags & FLAG.explained ? textIn(readAttributes(body, end), EXPLANATION) : "";
  return { errno, why: why ?? "" };
}

/** Asks once on a socket of its own, in the network namespace that this thread is in. */
export function withNetlink<T>(protocol: number, ask: (socket: NetlinkSocket) => T): T {
  using socket = new NetlinkSocket(protocol);
  return ask(socket);
}
