import type { DnsOptions, HttpOptions, UdpOptions } from "../contract/arm.ts";
import type { Connection } from "../contract/connection.ts";
import type { FlowRecord } from "../contract/flow.ts";
import type { PacketSpec } from "../contract/packet.ts";
import type { Reactor } from "../host/reactor.ts";
import type { DialRequest } from "./dial_request.ts";
import type { SocketSettings } from "./transport/socket_settings.ts";
import type { Forger } from "./transport/forger.ts";

/** One connection to make for a job. */
export interface ConnectRequest extends DialRequest {
  /** The job's name for the address, where the protocol can tell it to the server. */
  readonly domain?: string | undefined;
  /** What the arm asks of HTTP. */
  readonly http?: HttpOptions | undefined;
  /** What the arm asks of DNS. */
  readonly dns?: DnsOptions | undefined;
  /** What the arm asks of UDP. */
  readonly udp?: UdpOptions | undefined;
  /** Changes the packet that would be forged. */
  readonly forge?: ((packet: PacketSpec) => PacketSpec) | undefined;
}

/** What connection types are opened with. */
export interface ConnectContext extends SocketSettings {
  readonly reactor: Reactor;
  /** Sends forged packets; the same one for all types of a run. */
  forger(): Forger;
}

/** A connection that was made, or a packet that was sent. */
export interface Attempted extends Connection {
  /** OPTIONAL. Sends the packet once more. */
  again?(): void;
}

/** A connection type that is ready: what it holds for the run is opened once. */
export interface Connects {
  /** Makes a connection. Rejects only for local trouble; whatever the network does is data. */
  connect(request: ConnectRequest): Promise<Attempted>;
  /** Ends what is under way (state discard, errno ECANCELED), takes no more, and frees all. */
  close(): void;
}

/** A way to connect to a target: how to open, what to say, what to keep of the answer. */
export interface ConnectionType {
  /** The word for it in spiders and on the command line. */
  readonly name: string;
  /** One line for help, without a full stop. */
  readonly summary: string;
  /** What it goes over: sockets of TCP or UDP, or forged packets without a socket. */
  readonly transport: "tcp" | "udp" | "raw";
  /** The port of jobs that name none. */
  readonly defaultPort: number;
  /** What it adds to a connection's `fields`, each name with its meaning. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Chains that are on whatever the spider names: those that `settle` reads, and that show when this
   * host has refused answers. None when missing.
   */
  readonly chains?: readonly string[];
  /** Makes it ready for a run. Throws a `Failure` when this host cannot. */
  open(context: ConnectContext): Connects;
  /**
   * For types that send one packet, without a socket that could tell what came of it: how the
   * connection ended by what the wire showed, null when nothing was seen. One that is timed out so
   * far is watched for the whole timeout, or until the first answer.
   */
  settle?(connection: Connection, flow: FlowRecord | null): Connection;
}
