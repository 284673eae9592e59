import type { Protocol } from "../contract/protocol.ts";

/** The protocols that ship with the program: a new one is a file and a line here. */
export const PROTOCOLS: Readonly<Record<string, () => Promise<{ default: Protocol }>>> = {
  dns: () => import("../../plugins/protocols/dns.ts"),
  http: () => import("../../plugins/protocols/http.ts"),
};
