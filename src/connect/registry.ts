import type { ConnectionType } from "./connection_type.ts";
import { forge } from "./forge.ts";
import { http } from "./http.ts";
import { https } from "./https.ts";
import { tcp } from "./tcp.ts";
import { tcpsyn } from "./tcpsyn.ts";

/** Every connection type, by name. */
export const connectionTypes: ReadonlyMap<string, ConnectionType> = new Map(
  [
    tcp,
    http,
    https,
    tcpsyn,
    forge,
  ].map((type) => [type.name, type]),
);
