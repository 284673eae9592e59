import { Failure } from "../host/failure.ts";
import type { ConnectionType } from "./connection_type.ts";
import * as types from "./types.ts";

/** Every connection type, by name, in the order of the names. */
export const connectionTypes: ReadonlyMap<string, ConnectionType> = new Map(
  Object.values<ConnectionType>(types)
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .map((type) => [type.name, type]),
);

/** The connection type of that name. Throws a {@linkcode Failure} when there is none. */
export function connectionTypeNamed(name: string): ConnectionType {
  const type = connectionTypes.get(name);
  if (type !== undefined) return type;
  const names = [...connectionTypes.keys()].join(", ");
  throw new Failure(`there is no connection type ${name}; there are ${names}`);
}
