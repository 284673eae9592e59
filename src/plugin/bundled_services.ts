import type { Service } from "../contract/service.ts";

/** The services that ship with the program: a new one is a file and a line here. */
export const SERVICES: Readonly<Record<string, () => Promise<{ default: Service }>>> = {
  caddy: () => import("../../plugins/services/caddy.ts"),
  dnsmasq: () => import("../../plugins/services/dnsmasq.ts"),
  lighttpd: () => import("../../plugins/services/lighttpd.ts"),
  "ngtcp2-server": () => import("../../plugins/services/ngtcp2_server.ts"),
  nginx: () => import("../../plugins/services/nginx.ts"),
  unbound: () => import("../../plugins/services/unbound.ts"),
};
