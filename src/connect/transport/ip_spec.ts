import type { SocketOptions } from "../../contract/connection.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { IpSpec } from "../../contract/packet.ts";

/** The IP header that a socket between two ends would send, with the arm's options applied. */
export function ipSpec(local: Endpoint, remote: Endpoint, socket: SocketOptions): IpSpec {
  const { ttl, dscp } = socket;
  return {
    source: local.address,
    destination: remote.address,
    ...(ttl === undefined ? {} : { ttl }),
    ...(dscp === undefined ? {} : { dscp }),
  };
}
