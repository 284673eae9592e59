/**
 * The state after the peer's octets: the exchange waits for `more`, is `complete`, or the octets
 * are `invalid` in its protocol, which ends the connection as failed with EPROTO.
 */
export type ExchangeProgress = "more" | "complete" | "invalid";

/** What a connection type does once TCP is established: one request out, one answer in. */
export interface Exchange {
  /** The octets to send. Called once, when the connection is established. */
  request(): Uint8Array<ArrayBuffer>;
  /** Takes octets as they come; `data` is lent for the time of the call. */
  received(data: Uint8Array<ArrayBuffer>): ExchangeProgress;
  /** The peer has closed: whether the answer is whole. If not, the connection failed with ENODATA. */
  ended(): boolean;
  /** OPTIONAL. The last octets to send after a complete answer, as far as the kernel takes them. */
  farewell?(): Uint8Array<ArrayBuffer> | null;
  /** What it adds to the connection's record, however the connection ended. */
  fields(): Readonly<Record<string, unknown>>;
}

/** What a connection type does once TCP is established, where a library does the exchange. */
export interface LibrarySession {
  /**
   * Takes over the connection, once, when it is established, and closes the descriptor in the end.
   * Calls back when the exchange is over, unless it is stopped before: with an error number, 0 for
   * none.
   */
  take(fd: number, ended: (errno: number) => void): void;
  /** Closes the connection, if it is not closed. */
  stop(): void;
  /** As in {@linkcode Exchange}. */
  fields(): Readonly<Record<string, unknown>>;
}
