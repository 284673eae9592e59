/** What a connection type does over UDP: one datagram out, one answer in. */
export interface DatagramExchange {
  /** The payload to send. Called once; it is sent again while nothing has answered. */
  request(): Uint8Array<ArrayBuffer>;
  /** Whether a datagram is the answer; others are passed over. `data` is lent for the call. */
  received(data: Uint8Array<ArrayBuffer>): boolean;
  /** What it adds to the connection's record, however the connection ended. */
  fields(): Readonly<Record<string, unknown>>;
}
