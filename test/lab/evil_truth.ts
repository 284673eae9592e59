import { anyPacket } from "../../src/lab/middlebox/any.ts";
import { evil } from "../../src/lab/middlebox/evil.ts";

/** The kinds of middlebox that the spider evilbit is measured against. */
export const EVIL_BOXES = [...anyPacket, ...evil] as const;

/** The name of one of them. */
export type EvilBoxName = typeof EVIL_BOXES[number]["name"];

const truth = (connectivity: string, mark?: "seen" | "not_seen"): readonly string[] => [
  `evilbit.connectivity.${connectivity}`,
  ...(mark === undefined ? [] : [`evilbit.mark.${mark}`]),
];

/** What evilbit must conclude over tcpsyn about targets behind each of them, over IPv4. */
export const EVIL_TRUTH: Readonly<Record<EvilBoxName, readonly string[]>> = {
  "transparent": truth("works", "not_seen"),
  "drop-all": truth("offline"),
  "refuse": truth("offline"),
  "unreachable": truth("offline"),
  "drop-evil": truth("broken"),
  "refuse-evil": truth("broken"),
  "drop-good": truth("transient", "not_seen"),
  // Nothing comes back from which it could be known that the bit is gone
  "clear-evil": truth("works", "not_seen"),
  "set-evil": truth("works", "seen"),
};

/** The same over dnsudp, where kinds that react to TCP alone do nothing. */
export const EVIL_TRUTH_UDP: typeof EVIL_TRUTH = {
  ...EVIL_TRUTH,
  "refuse": truth("works", "not_seen"),
  "refuse-evil": truth("works", "not_seen"),
  "drop-good": truth("works", "not_seen"),
};
