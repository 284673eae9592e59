import type { Endpoint } from "../../contract/job.ts";
import { record } from "../record.ts";
import type { DatagramExchange } from "./datagram.ts";
import type { Exchange, LibrarySession } from "./exchange.ts";
import type { AttemptOwner } from "./transport.ts";

/** The socket of an attempt: its protocol number, and its ends. */
interface Socket {
  readonly protocol: number;
  readonly local: Endpoint | null;
  readonly remote: Endpoint;
}

/**
 * Hands the record of an attempt that ends now over to its owner.
 *
 * @param errno an error number, 0 for none
 * @param exchange adds its fields to the record
 */
export function reportEnd(
  { protocol, local, remote }: Socket,
  owner: AttemptOwner,
  errno: number,
  exchange: Exchange | LibrarySession | DatagramExchange | undefined,
): void {
  let fields;
  try {
    fields = exchange?.fields();
  } catch (error) {
    owner.broke(error);
    return;
  }
  owner.ended(record(protocol, remote, local, owner.start, errno, fields));
}
