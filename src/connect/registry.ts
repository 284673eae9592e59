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
