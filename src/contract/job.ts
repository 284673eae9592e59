/**
 * One target to measure. Keys that the program does not know are carried along to the result.
 * The names are PATHspider's.
 */
export interface Job {
  /** Destination address, IPv4 or IPv6, as text. */
  readonly dip: string;
  /** Destination port; when missing, the connection type's own. */
  readonly dp?: number;
  /** The name the address was resolved from; sent as the `Host` of HTTP. */
  readonly domain?: string;
  /** Position in the list that it was taken from. */
  readonly rank?: number;
  readonly [key: string]: unknown;
}

/** One side of a connection. */
export interface Endpoint {
  /** IPv4 or IPv6 address as text (RFC 5952 for IPv6). */
  readonly address: string;
  /** Port, 0 to 65535. */
  readonly port: number;
}
