import { Failure } from "../host/failure.ts";
import type { ConnectionType } from "./connection_type.ts";
import { dnstcp } from "./types/dnstcp.ts";
import { dnsudp } from "./types/dnsudp.ts";
import { forge } from "./types/forge.ts";
import { http } from "./types/http.ts";
import { https } from "./types/https.ts";
import { tcp } from "./types/tcp.ts";
import { tcpsyn } from "./types/tcpsyn.ts";
import { udp } from "./types/udp.ts";

/** Every connection type, by name. */
export const connectionTypes: ReadonlyMap<string, ConnectionType> = new Map(
  [
    tcp,
    http,
    https,
    dnsudp,
    dnstcp,
    udp,
    tcpsyn,
    forge,
  ].map((type) => [type.name, type]),
);

/** The connection type of that name. Throws a {@linkcode Failure} when there is none. */
export function connectionTypeNamed(name: string): ConnectionType {
  const type = connectionTypes.get(name);
  if (type !== undefined) return type;
  const names = [...connectionTypes.keys()].join(", ");
  throw new Failure(`there is no connection type ${name}; there are ${names}`);
}
