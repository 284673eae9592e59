import type { Manifest } from "./manifest.ts";
import type { OptionValues } from "./option.ts";

/** A protocol that a service speaks. */
export interface Spoken {
  /** MANDATORY. The protocol's name. */
  readonly protocol: string;
  /** MANDATORY. Those of its versions that it speaks. */
  readonly versions: readonly string[];
  /** MANDATORY. The role that it has. */
  readonly role: string;
}

/** A version of a protocol that a service is to speak, on a port of all addresses of its host. */
export interface ServicePort {
  readonly protocol: string;
  readonly version: string;
  readonly transport: "tcp" | "udp";
  readonly port: number;
  readonly tls: boolean;
}

/** Where a tester meets what it tests. */
export interface TestedAddress {
  /** Name of the service that is tested. */
  readonly name: string;
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: ServicePort;
}

/** Another service of a protocol, once for each of its addresses and ports that are known. */
export interface Peer {
  readonly name: string;
  readonly role: string;
  readonly address: string;
  readonly port: ServicePort;
}

/** What a service's files and command are made of. */
export interface ServiceContext {
  /** A folder of its own, which is deleted with the lab. */
  readonly folder: string;
  /** What it is to speak, one or more. Of a tester: what it speaks with its target. */
  readonly ports: readonly ServicePort[];
  /** Values of its options. */
  readonly options: OptionValues;
  /** Paths of a self-signed certificate and its key, in PEM. */
  readonly certificate: string;
  readonly key: string;
  /** What it tests; null for an implementation under test. */
  readonly target: TestedAddress | null;
  /** Other services of its protocols, such as the tracker of a seed; empty when there are none. */
  readonly peers: readonly Peer[];
}

/** How a run of a tester against one address went. */
export interface TesterRun {
  /** The status with which it ended. */
  readonly status: number;
  /** What it wrote to its standard streams. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended because it took too long. */
  readonly late: boolean;
  /** Texts of the files in its folder, those that it was given among them. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a run of a tester shows. */
export interface TesterOutcome {
  /** Names of those that it declares. */
  readonly conditions: readonly string[];
  /** Numbers by names that have their unit: `seconds`, `octets_per_second`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * A program on a host of a lab: an implementation under test, which runs as long as the lab does, or a
 * tester, which is run to its end once for each address that it tests.
 */
export interface Service extends Manifest {
  readonly kind: "service";
  /** MANDATORY. `iut`: an implementation under test; `tester`: what tests one. */
  readonly type: "iut" | "tester";
  /** MANDATORY. What it speaks. */
  readonly speaks: readonly Spoken[];
  /** MANDATORY. Its program, which is found on the path. */
  readonly program: string;
  /** MANDATORY. The Debian package that has it. */
  readonly package: string;
  /**
   * OPTIONAL. Arguments with which its program prints its version and ends, such as `--version`. The
   * first line with a digit in it is recorded.
   */
  readonly asksVersion?: readonly string[];
  /** OPTIONAL. The IP versions that it can speak over; both when missing. */
  readonly families?: readonly (4 | 6)[];
  /** OPTIONAL. Whether it takes data in SYNs (RFC 7413), as its stand-in in a simulated network does. */
  readonly fastOpen?: boolean;
  /** OPTIONAL. Its configuration and data: what files hold, by their names in its folder. */
  files?(context: ServiceContext): Readonly<Record<string, string | Uint8Array>>;
  /**
   * MANDATORY. The arguments with which it runs in the foreground, and logs to its standard streams. A
   * tester must end by itself: let an option bound its time.
   */
  arguments(context: ServiceContext): readonly string[];
  /** OPTIONAL. A line of its log by which it is known to be ready, as a regular expression. */
  readonly ready?: string;
  /** OPTIONAL. The signal that ends it in order; SIGTERM when missing. */
  readonly stop?: "SIGTERM" | "SIGINT" | "SIGQUIT";
  /** OPTIONAL. Statuses with which it ends in order after that signal; 0 when missing. */
  readonly ends?: readonly number[];
  /** OPTIONAL. Events of its protocol by lines of its log, each as a regular expression. */
  readonly events?: Readonly<Record<string, string>>;
  /**
   * OPTIONAL. Of a tester: it tests one address after the other, since what it tests can take no more
   * than one run of it, or since several would spoil each other's numbers.
   */
  readonly takesTurns?: boolean;
  /**
   * MANDATORY of a tester. Every condition that it can give, with its meaning. Names begin with its own
   * and a dot: `curl.request.succeeded`.
   */
  readonly conditions?: Readonly<Record<string, string>>;
  /**
   * MANDATORY of a tester. Pure: what a run of it shows. What its target or the network does is data,
   * not an error: throw only where nothing can be made of the run.
   */
  outcome?(run: TesterRun): TesterOutcome;
}
