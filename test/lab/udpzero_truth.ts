import type { Truth } from "./verdicts.ts";

const truth = (connectivity: string): readonly string[] => [`udpzero.connectivity.${connectivity}`];

/**
 * What udpzero must conclude over DNS about targets behind each of them, where the server takes
 * datagrams without a checksum: any does over IPv4, few do over IPv6.
 */
export const UDPZERO_TRUTH = {
  "transparent": truth("works"),
  "drop": truth("offline"),
  "reset": truth("works"), // SYNs alone
  "prohibit": truth("offline"),
  "udp-zero-drop": truth("broken"),
  "udp-zero-prohibit": truth("broken"),
  "udp-checksum-drop": truth("transient"),
  "drop-dns": truth("offline"),
  "prohibit-dns": truth("offline"),
  // Something came back, so that the path is not to be called broken; nor can it be said to work
  "dns-garble": ["pathspider.not_observed"],
} as const satisfies Truth;
