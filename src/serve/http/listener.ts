import { Failure } from "../../host/failure.ts";
import { openFilesLimit } from "../../host/limits.ts";
import type { Log } from "../log.ts";
import { ConnectionGuard, type ConnectionLimits } from "./connection_guard.ts";

/** The part of the descriptors of this process that connections may take. */
const PART = 1 / 2;

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
  #server: Deno.HttpServer<Deno.NetAddr>;
  #isEnding = false;

  /** @throws {Failure} when the address is taken or cannot be listened on, or TLS cannot be set up */
  constructor(parts: ListenerParts) {
    this.#parts = parts;
    const { limits } = parts;
    this.#server = this.#listen(parts.options);
    this.addr = this.#server.addr;
    const room = Math.floor(openFilesLimit() * PART);
    this.#guard = new ConnectionGuard(this.addr.port, () => {
      const { most, ...others } = limits();
      return { most: Math.min(most, room), ...others };
    });
  }

  /** Takes no more connections; fulfilled when requests that there are have been answered. */
  async shutdown(): Promise<void> {
    this.#isEnding = true;
    await this.#server.shutdown();
    this.#guard[Symbol.dispose]();
  }

  #listen(options: ListenerParts["options"]): Deno.HttpServer<Deno.NetAddr> {
    const { hostname, port } = options;
    let server: Deno.HttpServer<Deno.NetAddr>;
    try {
      server = Deno.serve({ ...options, onListen: () => {} }, (request, info) => {
        this.#guard.note(info.remoteAddr, info.completed);
        return this.#parts.handler(request, info);
      });
    } catch (error) {
      const why = error instanceof Deno.errors.AddrInUse
        ? "the port is in use; end what uses it, or name another with --port"
        : error instanceof Deno.errors.AddrNotAvailable
        ? "this host has no such address"
        : error instanceof Error
        ? error.message
        : String(error);
      throw new Failure(`cannot listen on ${hostname} port ${port}: ${why}`, { cause: error });
    }
    server.finished.catch((error) => this.#again(error));
    return server;
  }

  /** Deno's server gives up when a connection cannot be taken, such as without a free descriptor. */
  #again(error: unknown): void {
    if (this.#isEnding) return;
    const { options, log, broke } = this.#parts;
    const why = error instanceof Error ? error.message : String(error);
    log.write("error", `no connection could be taken (${why}); it is listened again`);
    try {
      this.#guard.look();
      this.#server = this.#listen({ ...options, port: this.addr.port });
    } catch (failure) {
      broke(failure);
    }
  }
}
