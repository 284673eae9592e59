import type { ConnectionType } from "./connection_type.ts";
import { dnstcp } from "./dnstcp.ts";
import { dnsudp } from "./dnsudp.ts";
import { http } from "./http.ts";
import { tcp } from "./tcp.ts";
import { udp } from "./udp.ts";

/** Every connection type, by name. */
export const connectionTypes: ReadonlyMap<string, ConnectionType> = new Map(
  [
    tcp,
    http,
    dnsudp,
    dnstcp,
    udp,
  ].map((type) => [type.name, type]),
);
