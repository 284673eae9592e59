import { anyPacket } from "../../src/lab/middlebox/any.ts";
import { udp } from "../../src/lab/middlebox/udp.ts";

/** The kinds of middlebox that the UDP zero checksum spider is measured against. */
export const UDP_BOXES = [...anyPacket, ...udp] as const;

/** The name of one of them. */
export type UdpBoxName = typeof UDP_BOXES[number]["name"];

/** What the UDP zero checksum spider must conclude about targets behind a middlebox. */
export interface UdpzeroTruth {
  /** Of a server that takes datagrams without a checksum: any over IPv4, few over IPv6. */
  readonly takes: string;
  /** Of one that does not, as almost all over IPv6 (RFC 8200, section 8.1). */
  readonly drops: string;
}

const NOTHING = "pathspider.not_observed";

function truth(takes: string, drops = takes): UdpzeroTruth {
  const named = (word: string) => word === NOTHING ? word : `udpzero.connectivity.${word}`;
  return { takes: named(takes), drops: named(drops) };
}

/** The truth about each of them, over DNS. */
export const UDPZERO_TRUTH: Readonly<Record<UdpBoxName, UdpzeroTruth>> = {
  "transparent": truth("works", "broken"),
  "drop-all": truth("offline"),
  "refuse": truth("works", "broken"), // SYNs alone
  "unreachable": truth("offline"),
  "drop-zero-checksum": truth("broken"),
  "refuse-zero-checksum": truth("broken"),
  "drop-checksum": truth("transient", "offline"),
  "drop-dns": truth("offline"),
  "refuse-dns": truth("offline"),
  // Something came back, so that the path is not to be called broken; nor can it be said to work
  "garble-dns": truth(NOTHING),
};
