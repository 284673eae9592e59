import { libc, must } from "./libc.ts";
import { ADDRESS, LINK, type Link, linkIndex, readLink } from "./netlink/link.ts";
import { type NetlinkMessage, readMessages } from "./netlink/message.ts";
import { NOTICES, openNotices } from "./netlink/notices.ts";
import { readRoute, ROUTE, type RouteChange } from "./netlink/route.ts";
import { RULE } from "./netlink/rule.ts";
import { type Reactor, READY } from "./reactor.ts";

const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SO_MEMINFO = 55;
/** Index of a socket's counter of dropped messages (linux/sock_diag.h). */
const SK_MEMINFO_DROPS = 8;
const SK_MEMINFO_VARS = 9;
const SOL_NETLINK = 270;
/** The kernel goes on reporting changes after some were lost, rather than only once all is read. */
const NETLINK_NO_ENOBUFS = 5;
/** Room for messages that come while this program does something else: some thousand of them. */
const ROOM = 4 << 20;

/** How long changes are gathered before they are handled, in milliseconds. */
const GATHER = 200;
/** Messages that are read in one turn of the reactor at most, in octets. */
const MOST_A_TURN = 1 << 20;

/** What of this network namespace has changed. */
export interface Changes {
  /** The numbers of links that changed, or whose addresses did. */
  readonly links: ReadonlySet<number>;
  readonly routes: boolean;
  readonly rules: boolean;
  /** The kernel could not report all changes: anything may have changed. */
  readonly lost: boolean;
}

/** Listeners to changes. The reactor's `run` rejects with what they throw. */
export interface ChangeListener {
  /** What has changed in the last fifth of a second. */
  changed(changes: Changes): void;
  /** OPTIONAL. A link changed, or was removed, just now. */
  link?(link: Link): void;
  /** OPTIONAL. One route changed, just now. Not called while changes are lost. */
  route?(change: RouteChange): void;
}

/** Reports changes of links, addresses, routes and rules of this network namespace. */
export class LinkWatch implements Disposable {
  readonly #fd: number;
  readonly #reactor: Reactor;
  readonly #listener: ChangeListener;
  readonly #heard = new Uint8Array(1 << 16);
  readonly #counters = new Uint32Array(SK_MEMINFO_VARS);
  readonly #countersLength = new Uint32Array(1);
  /** The lost messages at the last check. */
  #drops = 0;
  /** When something changed that was not reported yet; null when nothing did. */
  #since: number | null = null;
  #links = new Set<number>();
  #routes = false;
  #rules = false;
  #lost = false;
  /** All pending messages of the kernel were read. */
  #drained = true;

  constructor(reactor: Reactor, listener: ChangeListener) {
    this.#reactor = reactor;
    this.#listener = listener;
    this.#fd = openNotices(Object.values(NOTICES).reduce<number>((all, one) => all | one, 0));
    const room = new Uint8Array(new Uint32Array([ROOM]).buffer);
    // Without the privilege the buffer is smaller, so more is lost and looked up again
    libc.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, room, room.length);
    const on = new Uint8Array(new Uint32Array([1]).buffer);
    libc.setsockopt(this.#fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, on, on.length);
    reactor.add(this.#fd, READY.read, () => this.#hear());
    reactor.onTurn(() => {
      if (this.#since === null) return;
      const left = this.#since + GATHER - performance.now();
      if (left > 0) return reactor.soon(left);
      // Messages from before a loss that are read after the look-up would be applied on top of its
      // result
      if (this.#lost && !this.#drained) return;
      const changes = {
        links: this.#links,
        routes: this.#routes,
        rules: this.#rules,
        lost: this.#lost,
      };
      this.#since = null;
      this.#links = new Set();
      this.#routes = this.#rules = this.#lost = false;
      listener.changed(changes);
    });
  }

  close(): void {
    this.#reactor.remove(this.#fd);
    libc.close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #hear(): void {
    this.#noteDrops();
    this.#drained = false;
    for (let octets = 0; octets < MOST_A_TURN && !this.#drained;) {
      const got = libc.recv(this.#fd, this.#heard, BigInt(this.#heard.length), 0);
      this.#drained = got < 0;
      octets += Math.max(got, 0);
      const heard = this.#heard.subarray(0, Math.max(got, 0));
      for (const message of readMessages(heard)) this.#take(message);
    }
    this.#noteDrops();
  }

  /**
   * Asks the kernel how much was lost. ENOBUFS would report the first loss alone, not what is lost
   * until all is read, perhaps after listeners have looked up everything again.
   */
  #noteDrops(): void {
    const drops = this.#countDrops();
    if (drops !== this.#drops) this.#note(() => this.#lost = true);
    this.#drops = drops;
  }

  #countDrops(): number {
    this.#countersLength[0] = this.#counters.byteLength;
    must(
      "getsockopt",
      libc.getsockopt(this.#fd, SOL_SOCKET, SO_MEMINFO, this.#counters, this.#countersLength),
    );
    return this.#counters[SK_MEMINFO_DROPS]!;
  }

  #take(message: NetlinkMessage): void {
    switch (message.type) {
      case LINK.added:
      case LINK.removed: {
        const link = this.#listener.link === undefined ? null : readLink(message);
        if (link !== null) this.#listener.link?.(link);
        return this.#note(() => this.#links.add(linkIndex(message)));
      }
      case ADDRESS.added:
      case ADDRESS.removed:
        return this.#note(() => this.#links.add(linkIndex(message)));
      case RULE.added:
      case RULE.removed:
        return this.#note(() => this.#rules = true);
      case ROUTE.added:
      case ROUTE.removed: {
        const route = readRoute(message);
        if (route === null) return;
        this.#note(() => this.#routes = true);
        // Single changes do not matter where everything is looked up soon
        if (this.#lost) return;
        const { type, flags } = message;
        this.#listener.route?.({ route, removed: type === ROUTE.removed, flags });
      }
    }
  }

  #note(change: () => void): void {
    change();
    this.#since ??= performance.now();
  }
}
