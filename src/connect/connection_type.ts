import type { Connection } from "../contract/connection.ts";
import type { Dialer, DialRequest } from "./dialer.ts";

/** One connection to make for a job. */
export interface ConnectRequest extends DialRequest {
  /** The job's name for the address, where the protocol can tell it to the server. */
  readonly domain?: string | undefined;
}

/** A way to connect to a target: how to open, what to say, what to keep of the answer. */
export interface ConnectionType {
  /** The word for it in spiders and on the command line. */
  readonly name: string;
  /** One line for help, without a full stop. */
  readonly summary: string;
  /** The port of jobs that name none. */
  readonly defaultPort: number;
  /** What it adds to a connection's `fields`, each name with its meaning. */
  readonly fields: Readonly<Record<string, string>>;
  /** Makes the connection. Rejects only for local trouble; whatever the network does is data. */
  connect(dialer: Dialer, request: ConnectRequest): Promise<Connection>;
}
