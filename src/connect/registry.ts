import { Failure } from "../host/failure.ts";
import type { ConnectionType } from "./connection_type.ts";
import { forge } from "./forge.ts";
import { http } from "./http.ts";
import { tcp } from "./tcp.ts";
import { tcpsyn } from "./tcpsyn.ts";

/** Every connection type, by name. */
export const connectionTypes: ReadonlyMap<string, ConnectionType> = new Map(
  [
    tcp,
    http,
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
