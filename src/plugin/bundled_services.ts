import type { Service } from "../contract/service.ts";

/** The services that ship with the program: a new one is a file and a line here. */
export const SERVICES: Readonly<Record<string, () => Promise<{ default: Service }>>> = {
  "aria2-leech": () => import("../../plugins/services/aria2_leech.ts"),
  "aria2-seed": () => import("../../plugins/services/aria2_seed.ts"),
  caddy: () => import("../../plugins/services/caddy.ts"),
  curl: () => import("../../plugins/services/curl.ts"),
  dnsmasq: () => import("../../plugins/services/dnsmasq.ts"),
  dnsperf: () => import("../../plugins/services/dnsperf.ts"),
  h2load: () => import("../../plugins/services/h2load.ts"),
  iperf3: () => import("../../plugins/services/iperf3.ts"),
  "iperf3-server": () => import("../../plugins/services/iperf3_server.ts"),
  lighttpd: () => import("../../plugins/services/lighttpd.ts"),
  nginx: () => import("../../plugins/services/nginx.ts"),
  "nginx-tracker": () => import("../../plugins/services/nginx_tracker.ts"),
  "ngtcp2-client": () => import("../../plugins/services/ngtcp2_client.ts"),
  "ngtcp2-server": () => import("../../plugins/services/ngtcp2_server.ts"),
  "openbsd-inetd": () => import("../../plugins/services/openbsd_inetd.ts"),
  opentracker: () => import("../../plugins/services/opentracker.ts"),
  unbound: () => import("../../plugins/services/unbound.ts"),
};
