import type { Connection, SocketOptions } from "./connection.ts";
import type { Endpoint, Job, Target } from "./job.ts";
import type { OptionValues } from "./option.ts";
import type { PacketSpec } from "./packet.ts";

/** What an arm may ask of an HTTP connection type. */
export interface HttpOptions {
  /** The version to ask for: by `Upgrade` over `http`, by ALPN over `https` (RFC 9113, section 3). */
  readonly version?: "1.1" | "2";
}

/** What an arm may ask of a DNS connection type. */
export interface DnsOptions {
  /** The name to ask for; the job's domain when missing, and `example.com` when it has none. */
  readonly name?: string;
  /** The type of record to ask for; `A` when missing. */
  readonly type?: "A" | "AAAA";
  /**
   * Whether the question has EDNS (RFC 6891); it has when missing. Some servers fail such a question.
   */
  readonly edns?: boolean;
}

/** What an arm may ask of the `udp` connection type. */
export interface UdpOptions {
  /** What the datagram carries, at most 1,232 octets; a short line when missing. */
  readonly payload: Uint8Array;
}

/** What an arm may ask of connection types; each takes the member that it declares. */
export interface ConnectionOptions {
  /** OPTIONAL. What is asked of an HTTP connection type. */
  readonly http?: HttpOptions;
  /** OPTIONAL. What is asked of a DNS connection type. */
  readonly dns?: DnsOptions;
  /** OPTIONAL. What is asked of the `udp` connection type. */
  readonly udp?: UdpOptions;
}

/**
 * Settings of the whole host, or of a private network namespace. They hold for every connection,
 * so arms that have them take turns: all targets of a batch in one, then in the next. Targets whose
 * last arm has not had its turn when a run is interrupted have no result.
 */
export interface SystemState {
  /**
   * OPTIONAL. Kernel settings as sysctl(8) names them, such as `net.ipv4.tcp_sack`. They are
   * restored when the turn ends, also after the program was killed, by its next run.
   */
  readonly sysctls?: Readonly<Record<string, number | string>>;
  /** OPTIONAL. Runs when the arm's turn begins, after the settings are made. */
  enter?(options: OptionValues): void | Promise<void>;
  /**
   * OPTIONAL. Runs when the arm's turn ends, however it ends, also when `enter` failed; not when
   * the program is killed. A second interruption does not wait for what it returns.
   */
  leave?(options: OptionValues): void | Promise<void>;
}

/** Overrides of the arm's own settings for one connection. */
export interface ConnectOptions extends ConnectionOptions {
  /** The connection type, by name; the one of the run when missing. */
  readonly type?: string;
  /** Where to; the job's address and port when missing. A job without an address needs it. */
  readonly remote?: Endpoint;
  readonly socket?: SocketOptions;
}

/** Makes connections for an arm with a function of its own. */
export interface Connector {
  /** Connects, as the arm without a function would, except for what is asked for otherwise. */
  connect(options?: ConnectOptions): Promise<Connection>;
  /** Addresses of the name servers that this host asks, link-local ones with their zone. */
  readonly nameServers: readonly string[];
  /** The options that the user has set. */
  readonly options: OptionValues;
  /** What `preConnect` returned. */
  readonly prepared: unknown;
}

/**
 * One configuration of the A/B test. It says, as data, what differs from a plain connection, and by
 * what it says the program knows how to schedule it.
 */
export interface Arm<J extends Target = Job> extends ConnectionOptions {
  /** MANDATORY. A word for records and help, unique within the spider. */
  readonly name: string;
  /**
   * OPTIONAL. Options of this arm's sockets. Arms that differ only by these run at the same time.
   */
  readonly socket?: SocketOptions;
  /**
   * OPTIONAL. Pure: the packet to send in place of the one that a forging connection type would
   * send. Only such types send it; others ignore it.
   */
  forge?(packet: PacketSpec, job: J): PacketSpec;
  /** OPTIONAL. Connects in a way of its own. The flow that is watched is that of what it returns. */
  connect?(job: J, connector: Connector): Promise<Connection>;
  /** OPTIONAL. What the arm sets for the whole host. Arms with it take turns. */
  readonly system?: SystemState;
  /** OPTIONAL. The name of an arm before it, whose connection must have ended first. */
  readonly after?: string;
}
