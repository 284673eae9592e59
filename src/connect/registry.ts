import { Failure } from "../host/failure.ts";
import type { ConnectionType } from "./connection_type.ts";
import { dnstcp } from "./dnstcp.ts";
import { dnsudp } from "./dnsudp.ts";
import { forge } from "./forge.ts";
import { http } from "./http.ts";
import { https } from "./https.ts";
import { tcp } from "./tcp.ts";
import { tcpsyn } from "./tcpsyn.ts";
import { udp } from "./udp.ts";

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
