import type { Connection } from "../../contract/connection.ts";
import type { SocketProtocol } from "../../host/socket.ts";
import type { DialRequest } from "../dial_request.ts";
import type { StartedSocket } from "./begin.ts";

/** A connection under way, on a socket of its own. */
export interface Attempt {
  /** OPTIONAL. Begins what the kernel has not begun with connect(2), once its owner knows of it. */
  begin?(): void;
  /** Ends it because its time is up. */
  expire(): void;
  /** Ends it with an error number, 0 for none. */
  end(errno: number): void;
}

/** The interface between an attempt and its owner. */
export interface AttemptOwner {
  /** When it began, in milliseconds since 1970. */
  readonly start: number;
  /** It ended, well or not, and its socket is closed: that is data. */
  ended(connection: Connection): void;
  /** Our own code failed, not the network. Its socket is closed. */
  broke(error: unknown): void;
  /** Calls back after a number of milliseconds, unless it has ended by then. */
  after(milliseconds: number, call: () => void): void;
}

/** How connections of one transport protocol are made. */
export interface Transport<E, R extends DialRequest = DialRequest> {
  readonly protocol: SocketProtocol;
  /**
   * What the kernel may send with the first packet already; undefined where that is nothing.
   *
   * @throws {Failure} for a request that this transport cannot meet
   */
  early(request: R, exchange: E): Uint8Array<ArrayBuffer> | undefined;
  /**
   * Takes over a socket that has begun to connect.
   *
   * @param early what {@linkcode early} returned
   */
  attempt(
    socket: StartedSocket,
    request: R,
    exchange: E,
    owner: AttemptOwner,
    early: Uint8Array<ArrayBuffer> | undefined,
  ): Attempt;
}
