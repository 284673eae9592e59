import type { ConnectionType } from "../connection_type.ts";
import { tcpDials } from "../dialer.ts";

/** A TCP handshake, then close. */
export const tcp: ConnectionType = {
  name: "tcp",
  summary: "a TCP handshake, then close",
  transport: "tcp",
  defaultPort: 80,
  fields: {},
  chains: ["tcp"],
  open: tcpDials,
};
