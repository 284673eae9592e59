import type { ConnectionType } from "./connection_type.ts";
import { http } from "./http.ts";
import { https } from "./https.ts";
import { tcp } from "./tcp.ts";

/** Every connection type, by name. */
export const connectionTypes: ReadonlyMap<string, ConnectionType> = new Map(
  [
    tcp,
    http,
    https,
  ].map((type) => [type.name, type]),
);
