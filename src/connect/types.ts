/** Every connection type: a new one is its file and a line here. */
export { dnstcp } from "./types/dnstcp.ts";
export { dnsudp } from "./types/dnsudp.ts";
export { forge } from "./types/forge.ts";
export { http } from "./types/http.ts";
export { https } from "./types/https.ts";
export { icmp } from "./types/icmp.ts";
export { tcp } from "./types/tcp.ts";
export { tcpsyn } from "./types/tcpsyn.ts";
export { udp } from "./types/udp.ts";
