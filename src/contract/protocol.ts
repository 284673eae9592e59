import type { Manifest } from "./manifest.ts";

/** One version of a protocol, and how it is reached. */
export interface ProtocolVersion {
  /** MANDATORY. As it is usually called: `1.1`, `3`. */
  readonly name: string;
  /** MANDATORY. What carries it. */
  readonly transport: "tcp" | "udp";
  /** MANDATORY. The port that it is usually spoken on. */
  readonly port: number;
  /** OPTIONAL. Whether it takes a certificate. */
  readonly tls?: boolean;
}

/**
 * A protocol that services speak. It says what makes a peer ready, and what may be told of it while it
 * runs.
 */
export interface Protocol extends Manifest {
  readonly kind: "protocol";
  /** MANDATORY. Whether its peers have different roles. */
  readonly type: "client_server" | "peer_to_peer";
  /** MANDATORY. The roles of its peers, those of servers first. */
  readonly roles: readonly string[];
  /** MANDATORY. Its versions, the first of which is the default. */
  readonly versions: readonly ProtocolVersion[];
  /**
   * OPTIONAL. Octets of a datagram that every server answers, whatever it serves. A server over TCP is
   * ready when it takes connections; one over UDP without this, when its log says so.
   */
  readonly greeting?: readonly number[];
  /** OPTIONAL. What services report of it, each with its meaning. */
  readonly events?: Readonly<Record<string, string>>;
}
