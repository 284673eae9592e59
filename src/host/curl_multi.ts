import { CurlCallbacks, POLL } from "./curl_callbacks.ts";
import { CurlEasy, type TlsFacts, type TransferEnd, type TransferRequest } from "./curl_easy.ts";
import { libcurl, MULTI_OPTION } from "./libcurl.ts";
import { fromC } from "./libpcap.ts";
import { type Reactor, READY } from "./reactor.ts";
import { closeSocket } from "./socket.ts";

/** `CURL_SOCKET_TIMEOUT`: no descriptor, but the time */
const TIME = -1;
const SELECT = { in: 1, out: 2, error: 4 } as const;
const WATCHED: Readonly<Record<number, number>> = {
  [POLL.in]: READY.read,
  [POLL.out]: READY.write,
  [POLL.inOut]: READY.read | READY.write,
};
const MESSAGE_DONE = 1;
/**
 * How long libcurl may compute in one turn of the reactor, in milliseconds. A TLS handshake takes
 * about one; without a limit, a thousand at once would block everything else, and packets would be
 * dropped.
 */
const SHARE = 50;

/** A transfer that is under way or has ended. */
export interface Transfer {
  /** What TLS agreed on; null before the handshake. */
  readonly tls: TlsFacts | null;
  /**
   * Ends it, when it has not ended: its connection is closed, and it is not called back any more.
   */
  stop(): void;
}

interface Running extends Transfer {
  readonly request: TransferRequest;
  readonly ended: (end: TransferEnd) => void;
  /** The connection, until libcurl takes it; then libcurl says when it is to be closed. */
  fd: number | null;
  /** The transfer as libcurl has it; null before its turn has come. */
  easy: CurlEasy | null;
}

/**
 * HTTP transfers by libcurl, many at once, on our reactor. Each uses a connection that was made
 * before, and none makes another one: we decide how connections are made.
 *
 * @example
 * ```ts ignore
 * const curl = new CurlMulti(reactor);
 * const transfer = curl.start(fd, request, ({ code, text }) => console.log(code, text));
 * ```
 */
export class CurlMulti {
  readonly #curl = libcurl();
  readonly #reactor: Reactor;
  readonly #multi: Deno.PointerValue;
  readonly #callbacks: CurlCallbacks;
  readonly #running = new Map<bigint, Running>();
  /** Which transfer a descriptor was given to, and whether the reactor watches it. */
  readonly #sockets = new Map<number, { readonly id: bigint; watched: boolean }>();
  /** Those not yet handed to libcurl, in order. */
  readonly #waiting = new Set<Running>();
  readonly #count = new Int32Array(32);
  /** How long libcurl computed in this turn, in milliseconds. */
  #spent = 0;
  /** When libcurl wants to be called, on the clock of `performance.now`. */
  #due = Infinity;
  #closed = false;

  /** Throws a {@linkcode Failure} when libcurl is not installed. */
  constructor(reactor: Reactor) {
    this.#reactor = reactor;
    this.#multi = this.#curl.curl_multi_init();
    if (this.#multi === null) throw new Error("curl_multi_init failed");
    this.#callbacks = new CurlCallbacks({
      head: (id, line) => this.#running.get(id)!.easy!.head(line),
      body: (id, octets) => this.#running.get(id)!.request.body(octets),
      open: (id) => this.#take(id),
      close: (fd) => this.#close(fd),
      watch: (fd, what) => this.#watch(fd, what),
      callIn: (wait) => this.#due = wait < 0 ? Infinity : performance.now() + wait,
    });
    const { watch, callIn } = this.#callbacks.functions;
    this.#curl.curl_multi_setopt_pointer(this.#multi, MULTI_OPTION.socketFunction, watch);
    this.#curl.curl_multi_setopt_pointer(this.#multi, MULTI_OPTION.timerFunction, callIn);
    const NO_MULTIPLEXING = 0n;
    this.#curl.curl_multi_setopt_number(this.#multi, MULTI_OPTION.pipelining, NO_MULTIPLEXING);
    reactor.onTurn(() => this.#turn());
  }

  /**
   * Begins a transfer over a connected descriptor, which is libcurl's from here on, whatever happens.
   *
   * @param ended called once, in a turn of the reactor, unless the transfer is stopped before
   */
  start(
    fd: number,
    request: TransferRequest,
    ended: (end: TransferEnd) => void,
  ): Transfer {
    if (this.#closed) {
      closeSocket(fd);
      throw new Error("no transfers are taken any more");
    }
    const running: Running = {
      request,
      ended,
      fd,
      easy: null,
      get tls() {
        return this.easy?.tls ?? null;
      },
      stop: () => this.#stop(running),
    };
    this.#waiting.add(running);
    this.#reactor.soon(0);
    return running;
  }

  /** Ends all transfers without calling back, and frees everything. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const running of [...this.#waiting, ...this.#running.values()]) this.#stop(running);
    this.#curl.curl_multi_cleanup(this.#multi);
    this.#callbacks.check();
    this.#callbacks.close();
  }

  #turn(): void {
    if (this.#closed) return;
    if (performance.now() >= this.#due) this.#time();
    for (const running of this.#waiting) {
      if (this.#spent > SHARE) {
        this.#reactor.behind();
        this.#reactor.wake();
        break;
      }
      this.#begin(running);
    }
    this.#spent = 0;
    this.#reactor.soon(this.#due - performance.now());
  }

  #begin(running: Running): void {
    const began = performance.now();
    const easy = new CurlEasy(running.request, this.#callbacks.functions);
    running.easy = easy;
    this.#waiting.delete(running);
    this.#running.set(easy.id, running);
    this.#check(this.#curl.curl_multi_add_handle(this.#multi, easy.handle));
    this.#spent += performance.now() - began;
    this.#time();
  }

  #time(): void {
    this.#due = Infinity;
    this.#act(TIME, 0);
  }

  #ready(fd: number, id: bigint, events: number): void {
    if (this.#spent > SHARE) {
      this.#reactor.behind(); // it will be ready in the next turn too
      return;
    }
    const { read, write, error, hangUp } = READY;
    this.#act(
      fd,
      (events & (read | hangUp) ? SELECT.in : 0) | (events & write ? SELECT.out : 0) |
        (events & error ? SELECT.error : 0),
      id,
    );
  }

  #act(fd: number, bits: number, id?: bigint): void {
    const began = performance.now();
    this.#check(this.#curl.curl_multi_socket_action(this.#multi, fd, bits, this.#count));
    // It can only be asked while the connection is open
    if (id !== undefined) this.#running.get(id)?.easy?.noteTls();
    this.#tell();
    this.#spent += performance.now() - began;
  }

  /** Calls back for the transfers that have ended. */
  #tell(): void {
    for (;;) {
      const message = this.#curl.curl_multi_info_read(this.#multi, this.#count);
      if (message === null) return;
      // struct CURLMsg: what it is about, whom, and how that ended
      const view = new Deno.UnsafePointerView(message);
      if (view.getInt32(0) !== MESSAGE_DONE) continue;
      const running = this.#running.get(view.getBigUint64(8));
      if (running === undefined) continue;
      const end = running.easy!.end(view.getInt32(16));
      this.#stop(running);
      running.ended(end);
    }
  }

  #stop(running: Running): void {
    const { easy } = running;
    if (easy !== null && this.#running.get(easy.id) === running) {
      this.#check(this.#curl.curl_multi_remove_handle(this.#multi, easy.handle));
      this.#running.delete(easy.id);
      easy.free();
    } else if (!this.#waiting.delete(running)) return;
    if (running.fd !== null) closeSocket(running.fd);
    this.#callbacks.check();
  }

  /** Gives a transfer its connection, once: it does not get another for a retry. */
  #take(id: bigint): number {
    const running = this.#running.get(id)!;
    const { fd } = running;
    if (fd === null) return -1;
    running.fd = null;
    this.#sockets.set(fd, { id, watched: false });
    return fd;
  }

  #watch(fd: number, what: number): void {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return; // it is closed already
    const events = WATCHED[what];
    if (events === undefined) {
      if (socket.watched) this.#reactor.remove(fd);
      socket.watched = false;
    } else if (socket.watched) this.#reactor.modify(fd, events);
    else {
      this.#reactor.add(fd, events, (events) => this.#ready(fd, socket.id, events));
      socket.watched = true;
    }
  }

  #close(fd: number): void {
    if (this.#sockets.get(fd)?.watched) this.#reactor.remove(fd);
    this.#sockets.delete(fd);
    closeSocket(fd);
  }

  #check(code: number): void {
    this.#callbacks.check();
    if (code === 0) return;
    throw new Error(`libcurl: ${fromC(this.#curl.curl_multi_strerror(code))}`);
  }
}
