import type { Truth } from "./verdicts.ts";

/** Prefix of each option's conditions, in the order of the output. */
const NAMES = { ts: "tsopt", ws: "wsopt", sack: "sack" } as const;
type Word = keyof typeof NAMES;

const WORKS = ["connectivity.works", "negotiation.succeeded", "unsolicited.not_seen"];
const REFUSED = ["connectivity.works", "negotiation.failed", "unsolicited.not_seen"];
const ADDED = ["connectivity.works", "negotiation.succeeded", "unsolicited.seen"];
const BROKEN = ["connectivity.broken", "unsolicited.not_seen"];

/** The conditions of all options; those of some differ. */
function all(usual: readonly string[], different: Partial<Record<Word, readonly string[]>> = {}) {
  return (Object.keys(NAMES) as Word[]).flatMap((word) =>
    (different[word] ?? usual).map((condition) => `${NAMES[word]}.${condition}`)
  );
}

/** The truth about TCP options behind each kind of middlebox, whatever the connection type. */
export const TCPOPT_TRUTH: Truth = {
  "transparent": all(WORKS),
  "drop": all(["connectivity.offline"]),
  "reset": all(["connectivity.offline"]),
  "prohibit": all(["connectivity.offline"]),
  "strip-ts-syn": all(WORKS, { ts: REFUSED }),
  "strip-ws-syn": all(WORKS, { ws: REFUSED }),
  "strip-sack-syn": all(WORKS, { sack: REFUSED }),
  "strip-ts-syn-ack": all(WORKS, { ts: REFUSED }),
  "strip-ws-syn-ack": all(WORKS, { ws: REFUSED }),
  "strip-sack-syn-ack": all(WORKS, { sack: REFUSED }),
  "option-drop:8": all(WORKS, { ts: BROKEN }),
  "option-drop:3": all(WORKS, { ws: BROKEN }),
  "option-drop:4": all(WORKS, { sack: BROKEN }),
  "option-add:3": all(WORKS, { ws: ADDED }),
  "option-add:4": all(WORKS, { sack: ADDED }),
  // Nothing is known of what a SYN without options would be answered with
  "option-drop-bare": all(["connectivity.transient", "negotiation.succeeded"]),
};
