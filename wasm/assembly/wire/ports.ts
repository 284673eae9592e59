import * as dccp from "./dccp.ts";
import * as sctp from "./sctp.ts";
import * as tcp from "./tcp.ts";
import * as udp from "./udp.ts";
import * as udplite from "./udplite.ts";

/** Whether a transport begins with source and destination port. */
export function hasPorts(protocol: u8): bool {
  return protocol == tcp.PROTOCOL || protocol == udp.PROTOCOL || protocol == sctp.PROTOCOL ||
    protocol == dccp.PROTOCOL || protocol == udplite.PROTOCOL;
}
