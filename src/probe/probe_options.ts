/** The protocols that a probe may be of. */
export const PROBE_PROTOCOLS = ["icmp", "udp", "tcp", "sctp"] as const;

/** One of {@linkcode PROBE_PROTOCOLS}. */
export type ProbeProtocol = typeof PROBE_PROTOCOLS[number];

/**
 * How to send a probe; what is missing is mtr-packet's own choice.
 *
 * mtr-packet 0.95 numbers its probes from 33000 to 65535, and finds the probe that an answer
 * belongs to by that number: it is in a UDP probe's destination port, or its source port when
 * `port` is given, or its checksum when `localPort` is given too. Ports that are given should be
 * below 33000, since it would mistake a higher one for the number of another probe. Over IPv6 it
 * does not find UDP probes with both ports given, and reports `no-reply`. The source port of TCP
 * and SCTP probes is always the number.
 */
export interface ProbeOptions {
  /** Which addresses of a name to use; the system's preferred one when missing. */
  readonly ipVersion?: 4 | 6;
  /** Time to live, or hop limit: 1 to 255. */
  readonly ttl?: number;
  /** ICMP echo when missing. */
  readonly protocol?: ProbeProtocol;
  /** Destination port: 1 to 65535. */
  readonly port?: number;
  /** Address to send from, or a name of this host. */
  readonly localIp?: string;
  /** Port to send from, of UDP probes: 1 to 65535. */
  readonly localPort?: number;
  /** How long to wait for an answer, in whole seconds; 10 when missing. */
  readonly timeout?: number;
  /** Octets of the IP packet, headers included. What is too small is made as large as it must be. */
  readonly size?: number;
  /** The octet that fills the packet: 0 to 255. */
  readonly bitPattern?: number;
  /** The octet that holds DSCP and ECN, in IPv6 the traffic class: 0 to 255. */
  readonly tos?: number;
  /**
   * The firewall mark, on Linux. mtr-packet 0.95 keeps it for the ICMP and UDP probes of the session that come
   * after: give it to all of them, or to none.
   */
  readonly mark?: number;
  /** Cancels the probe: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Seconds that mtr-packet waits where no timeout is given. */
export const DEFAULT_TIMEOUT = 10;

/** The numbers among the options: argument of mtr-packet, least and greatest value. */
const NUMBERS = [
  ["ttl", "ttl", 1, 255],
  ["port", "port", 1, 65_535],
  ["localPort", "local-port", 1, 65_535],
  ["timeout", "timeout", 1, 86_400],
  ["size", "size", 1, 65_535],
  ["bitPattern", "bit-pattern", 0, 255],
  ["tos", "tos", 0, 255],
  ["mark", "mark", 0, 0xffff_ffff],
] as const;

/** An address and its IP version. */
export interface Address {
  readonly text: string;
  readonly version: 4 | 6;
}

/**
 * Checks options. mtr-packet reads numbers into small fields without a check (a TTL of 256 is sent
 * as 0), so they are checked here.
 *
 * @throws {RangeError} when one is out of range
 */
export function checkProbeOptions(options: ProbeOptions): void {
  const { protocol } = options;
  if (protocol !== undefined && !PROBE_PROTOCOLS.includes(protocol)) {
    throw new RangeError(`protocol must be one of ${PROBE_PROTOCOLS.join(", ")}, not ${protocol}`);
  }
  for (const [name, , least, greatest] of NUMBERS) {
    const value = options[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < least || value > greatest) {
      throw new RangeError(
        `${name} must be a whole number from ${least} to ${greatest}, not ${value}`,
      );
    }
  }
}

/** The arguments of `send-probe`, of options that were checked. */
export function probeArguments(to: Address, from: Address | null, options: ProbeOptions): string {
  let text = `ip-${to.version} ${to.text}`;
  if (options.protocol !== undefined) text += ` protocol ${options.protocol}`;
  if (from !== null) text += ` local-ip-${from.version} ${from.text}`;
  for (const [name, argument] of NUMBERS) {
    const value = options[name];
    if (value !== undefined) text += ` ${argument} ${value}`;
  }
  return text;
}
