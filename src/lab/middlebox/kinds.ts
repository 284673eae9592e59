/** Every kind of middlebox: a new file of them is a line here. */
export { anyPacket } from "./any.ts";
export { dscp } from "./dscp.ts";
export { ecn } from "./ecn.ts";
export { evil } from "./evil.ts";
export { http } from "./http.ts";
export { mss } from "./mss.ts";
export { tcpOption } from "./tcp_option.ts";
export { tfo } from "./tfo.ts";
export { udp } from "./udp.ts";
