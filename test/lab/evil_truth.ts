import type { Truth } from "./verdicts.ts";

const truth = (connectivity: string, mark?: "seen" | "not_seen"): readonly string[] => [
  `evilbit.connectivity.${connectivity}`,
  ...(mark === undefined ? [] : [`evilbit.mark.${mark}`]),
];

/** What evilbit must conclude over tcpsyn about targets behind each of them, over IPv4. */
export const EVIL_TRUTH = {
  "transparent": truth("works", "not_seen"),
  "drop": truth("offline"),
  "reset": truth("offline"),
  "prohibit": truth("offline"),
  "evil-drop": truth("broken"),
  "evil-reset-syn": truth("broken"),
  "evil-drop-unset": truth("transient", "not_seen"),
  // Nothing comes back from which it could be known that the bit is gone
  "evil-clear": truth("works", "not_seen"),
  "evil-set": truth("works", "seen"),
} as const satisfies Truth;
