import { Failure } from "../../host/failure.ts";
import { sleep } from "../../host/sleep.ts";
import { openFilesLimit } from "../../host/limits.ts";
import type { Log } from "../log.ts";
import { ConnectionGuard, type ConnectionLimits } from "./connection_guard.ts";

/** The part of the descriptors of this process that connections may take. */
const PART = 1 / 2;
/** How often, and how soon after each other, it is tried to listen where was listened just now; ms. */
const TRIES = 100;
const SOON = 10;

/** Where to listen, and for whom. */
export interface ListenerParts {
  readonly options: Deno.ServeTcpOptions & Partial<Deno.TlsCertifiedKeyPem>;
  readonly handler: Deno.ServeHandler<Deno.NetAddr>;
  readonly limits: () => ConnectionLimits;
  readonly log: Log;
  /** Is told when it cannot go on. */
  readonly broke: (error: unknown) => void;
}

/** Takes requests, of connections that are bounded in number and in what they may keep it waiting. */
export class Listener {
  readonly addr: Deno.NetAddr;
  readonly #parts: ListenerParts;
  readonly #guard: ConnectionGuard;
  #options: ListenerParts["options"];
  #server: Deno.HttpServer<Deno.NetAddr>;
  /** Ends of those that showed another certificate. */
  readonly #old = new Set<Promise<void>>();
  #isEnding = false;
  #isRenewing = false;

  /** @throws {Failure} when the address is taken or cannot be listened on, or TLS cannot be set up */
  constructor(parts: ListenerParts) {
    this.#parts = parts;
    const { limits, options } = parts;
    this.#options = options;
    this.#server = this.#listen(options);
    this.addr = this.#server.addr;
    const room = Math.floor(openFilesLimit() * PART);
    this.#guard = new ConnectionGuard(this.addr.port, () => {
      const { most, ...others } = limits();
      return { most: Math.min(most, room), ...others };
    });
  }

  /**
   * Finds out whether a certificate can be used.
   *
   * @throws {Failure} when it cannot
   */
  async check(certificate: Deno.TlsCertifiedKeyPem): Promise<void> {
    const trial = this.#serve({ ...this.#options, ...certificate, hostname: "127.0.0.1", port: 0 });
    await trial.shutdown();
  }

  /**
   * Shows another certificate to connections from now on; those that there are go on. Between the two
   * nobody listens, for as long as it takes to give the address back.
   */
  async renew(certificate: Deno.TlsCertifiedKeyPem): Promise<void> {
    const old = this.#server;
    this.#options = { ...this.#options, ...certificate, port: this.addr.port };
    this.#isRenewing = true;
    const ended: Promise<void> = old.shutdown().finally(() => this.#old.delete(ended));
    this.#old.add(ended);
    try {
      for (let left = TRIES;; left--) {
        if (this.#isEnding) return;
        try {
          this.#server = this.#listen(this.#options);
          return;
        } catch (error) {
          if (left === 0) return this.#parts.broke(error);
        }
        await sleep(SOON);
      }
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Takes no more connections; fulfilled when requests that there are have been answered. */
  async shutdown(): Promise<void> {
    this.#isEnding = true;
    await Promise.all([this.#server.shutdown(), ...this.#old]);
    this.#guard[Symbol.dispose]();
  }

  #listen(options: ListenerParts["options"]): Deno.HttpServer<Deno.NetAddr> {
    const server = this.#serve(options);
    server.finished.catch((error) => this.#again(server, error));
    return server;
  }

  #serve(options: ListenerParts["options"]): Deno.HttpServer<Deno.NetAddr> {
    const { hostname, port } = options;
    try {
      return Deno.serve({ ...options, onListen: () => {} }, (request, info) => {
        this.#guard.note(info.remoteAddr, info.completed);
        return this.#parts.handler(request, info);
      });
    } catch (error) {
      const why = error instanceof Deno.errors.AddrInUse
        ? "the port is in use; end what uses it, or name another with --port"
        : error instanceof Deno.errors.AddrNotAvailable
        ? "this host has no such address"
        : options.cert !== undefined
        ? `TLS cannot be set up with this certificate and its key (listen.tls): ${error}`
        : error instanceof Error
        ? error.message
        : String(error);
      throw new Failure(`cannot listen on ${hostname} port ${port}: ${why}`, { cause: error });
    }
  }

  /** Deno's server gives up when a connection cannot be taken, such as without a free descriptor. */
  #again(server: Deno.HttpServer<Deno.NetAddr>, error: unknown): void {
    if (this.#isEnding || this.#isRenewing || server !== this.#server) return;
    const { log, broke } = this.#parts;
    const why = error instanceof Error ? error.message : String(error);
    log.write("error", `no connection could be taken (${why}); it is listened again`);
    try {
      this.#guard.look();
      this.#server = this.#listen({ ...this.#options, port: this.addr.port });
    } catch (failure) {
      broke(failure);
    }
  }
}
