/**
 * What the peer's octets came to: the exchange waits for `more`, is `complete`, or they are
 * `invalid`, no message of its protocol, which ends the connection as failed with EPROTO.
 */
export type Progress = "more" | "complete" | "invalid";

/** What a connection type does once TCP stands: one request out, one answer in. */
export interface Exchange {
  /** The octets to send. Called once, when the connection stands. */
  request(): Uint8Array<ArrayBuffer>;
  /** Takes octets as they come; `data` is lent for the time of the call. */
  received(data: Uint8Array<ArrayBuffer>): Progress;
  /** The peer has closed: whether the answer is whole. If not, the connection failed with ENODATA. */
  ended(): boolean;
  /** What it adds to the connection's record, however the connection ended. */
  fields(): Readonly<Record<string, unknown>>;
}
