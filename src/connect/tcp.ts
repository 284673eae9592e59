import type { ConnectionType } from "./connection_type.ts";

/** A TCP handshake, then close. */
export const tcp: ConnectionType = {
  name: "tcp",
  summary: "a TCP handshake, then close",
  defaultPort: 80,
  fields: {},
  connect: (dialer, request) => dialer.connect(request),
};
