import { CLAMP } from "../../src/lab/middlebox/mss.ts";
import type { Truth } from "./verdicts.ts";

/** What is concluded of a handshake. */
export const online = (local: number, remote: number | null, change: string) => [
  "mss.connectivity.online",
  `mss.option.local.value:${local}`,
  ...(remote === null ? [] : [`mss.option.remote.value:${remote}`]),
  `mss.option.received.${change}`,
];
const offline = ["mss.connectivity.offline"];

/** What is announced over Ethernet (RFC 9293, section 3.7.1). */
export const ETHERNET = { 4: 1460, 6: 1440 } as const;

/** The truth about the MSS option, when this host announces what fits. */
export const MSS_TRUTH: Readonly<Record<4 | 6, Truth>> = {
  4: truth(ETHERNET[4]),
  6: truth(ETHERNET[6]),
};

function truth(own: number): Truth {
  return {
    "transparent": online(own, own, "unchanged"),
    "clamp-mss": online(own, CLAMP, "deflated"),
    "strip-mss": online(own, null, "absent"),
    "refuse": offline,
    "drop-all": offline,
  };
}
