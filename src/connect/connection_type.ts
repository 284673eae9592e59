import type { ConnectionOptions } from "../contract/arm.ts";
import type { Connection } from "../contract/connection.ts";
import type { FlowRecord } from "../contract/flow.ts";
import type { PacketSpec } from "../contract/packet.ts";
import type { Reactor } from "../host/reactor.ts";
import type { DialRequest } from "./dial_request.ts";
import type { Stateless } from "./stateless.ts";
import type { SocketSettings } from "./transport/socket_settings.ts";
import type { DatagramExchange } from "./transport/datagram.ts";
import type { Exchange, LibrarySession } from "./transport/exchange.ts";
import type { Forger } from "./transport/forger.ts";

/** One connection to make for a job. */
export interface ConnectRequest extends DialRequest, ConnectionOptions {
  /** The job's name for the address, where the protocol can tell it to the server. */
  readonly domain?: string | undefined;
  /** Changes the packet that would be forged. */
  readonly forge?: ((packet: PacketSpec) => PacketSpec) | undefined;
}

/** Makes connections of one transport, over each of which something is exchanged. */
export interface Dials<E, R extends DialRequest = DialRequest> {
  connect(request: R, exchange: E): Promise<Connection>;
  close(): void;
}

/** What connects over TCP. Without an exchange it closes as soon as it is connected. */
export type TcpDials = Dials<Exchange | LibrarySession | void>;
/** What sends datagrams. */
export type UdpDials = Dials<DatagramExchange, ConnectRequest>;

/** What connection types are opened with. */
export interface ConnectContext extends SocketSettings {
  readonly reactor: Reactor;
  /** Sends forged packets; the same one for all types of a run. */
  forger(): Pick<Forger, "local" | "send">;
  /** OPTIONAL. What makes connections where no sockets do. */
  readonly dials?: { readonly tcp: TcpDials; readonly udp: UdpDials };
}

/** A connection that was made, or a packet that was sent. */
export interface Attempted extends Connection {
  /** OPTIONAL. Sends the packet once more. */
  again?(): void;
}

/** A connection type that is ready: what it holds for the run is opened once. */
export interface Connects {
  /** Makes a connection. Rejects only for local errors; whatever the network does is data. */
  connect(request: ConnectRequest): Promise<Attempted>;
  /** Ends what is under way (state discard, errno ECANCELED), takes no more, and frees all. */
  close(): void;
}

/** One thing that an arm may ask of a connection type. */
export interface ArmOption {
  readonly type: "boolean" | "string" | "octets";
  /** What it means; one line without a full stop. */
  readonly summary: string;
  /** The only values that a string can have. */
  readonly choices?: readonly [string, ...string[]];
  /** Whether it must be given where anything is asked. */
  readonly required?: boolean;
}

/** What arms may ask of a connection type, or of several that are alike. */
export interface ArmOptions {
  /** The member of an arm that holds it. */
  readonly member: keyof ConnectionOptions;
  /** One line for the schema, without a full stop. */
  readonly summary: string;
  readonly values: Readonly<Record<string, ArmOption>>;
}

/** The same for one member, each of whose values must be declared. */
export interface ArmOptionsOf<K extends keyof ConnectionOptions> extends ArmOptions {
  readonly member: K;
  readonly values: Readonly<Record<keyof Required<ConnectionOptions>[K], ArmOption>>;
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
  /** Whether a server must speak TLS there; missing where it does not matter. */
  readonly tls?: boolean;
  /** What it adds to a connection's `fields`, each name with its meaning. */
  readonly fields: Readonly<Record<string, string>>;
  /** What arms may ask of it. Nothing when missing. */
  readonly options?: ArmOptions;
  /**
   * Chains that are always on, whatever the spider names: those that `settle` reads, and that show
   * when this host has refused answers. None when missing.
   */
  readonly chains?: readonly string[];
  /** Makes it ready for a run. Throws a `Failure` when this host cannot. */
  open(context: ConnectContext): Connects;
  /**
   * For types that send one packet, without a socket that could report the outcome: how the
   * connection ended by what the wire showed, null when nothing was seen. One that is timed out so
   * far is watched for the whole timeout, or until the first answer.
   */
  settle?(connection: Connection, flow: FlowRecord | null): Connection;
  /** How it sends probes of which nothing is remembered; missing where it cannot. */
  readonly stateless?: Stateless;
  /** Whether what it sends has no ports, so that a capture cannot tell it by them. */
  readonly portless?: boolean;
}
