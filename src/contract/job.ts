/**
 * What is known of a target. Keys that the program does not know are carried along to the result.
 * The names are PATHspider's.
 */
export interface Target {
  /** Destination address, IPv4 or IPv6, as text. */
  readonly dip?: string;
  /** Destination port; when missing, the connection type's own. */
  readonly dp?: number;
  /** The name the address was resolved from: the `Host` of HTTP, the question of DNS. */
  readonly domain?: string;
  /** Position in the list that it was taken from. */
  readonly rank?: number;
  readonly [key: string]: unknown;
}

/** One target to measure: it has an address. */
export interface Job extends Target {
  readonly dip: string;
}

/** One target to measure for a spider that needs a domain; there may be no address yet. */
export interface NamedJob extends Target {
  readonly domain: string;
}

/** One side of a connection. */
export interface Endpoint {
  /** IPv4 or IPv6 address as text (RFC 5952 for IPv6); a link-local one has its zone, `fe80::1%eth0`. */
  readonly address: string;
  /** Port, 0 to 65535. */
  readonly port: number;
}
