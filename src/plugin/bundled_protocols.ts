import type { Protocol } from "../contract/protocol.ts";

/** The protocols that ship with the program: a new one is a file and a line here. */
export const PROTOCOLS: Readonly<Record<string, () => Promise<{ default: Protocol }>>> = {
  bittorrent: () => import("../../plugins/protocols/bittorrent.ts"),
  dns: () => import("../../plugins/protocols/dns.ts"),
  echo: () => import("../../plugins/protocols/echo.ts"),
  http: () => import("../../plugins/protocols/http.ts"),
  iperf: () => import("../../plugins/protocols/iperf.ts"),
  quic: () => import("../../plugins/protocols/quic.ts"),
  tls: () => import("../../plugins/protocols/tls.ts"),
};
