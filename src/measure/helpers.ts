import type { ConcludeHelpers, Connectivity, TcpFlags } from "../contract/spider.ts";

/** TCP flag bits (RFC 9293, section 3.1). */
export const tcpFlags: TcpFlags = {
  FIN: 0x01,
  SYN: 0x02,
  RST: 0x04,
  PSH: 0x08,
  ACK: 0x10,
  URG: 0x20,
  ECE: 0x40,
  CWR: 0x80,
};

/** Names what two arms' success says of the path. */
export function connectivity(baselineUp: boolean, experimentUp: boolean): Connectivity {
  if (baselineUp) return experimentUp ? "works" : "broken";
  return experimentUp ? "transient" : "offline";
}

/** What `conclude` is given. */
export const helpers: ConcludeHelpers = { connectivity, tcpFlags };
