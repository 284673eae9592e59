/** What the ECN spider must conclude about targets behind a middlebox. */
export interface EcnTruth {
  /** With `--connect http` or `https`, where the target sends data. */
  readonly http: readonly string[];
  /** With `--connect dnstcp`, where it does too. */
  readonly dnstcp: readonly string[];
  /** With `--connect tcp`, where no data flows and so no marks are seen. */
  readonly tcp: readonly string[];
}

type Mark = "ect0" | "ect1" | "ce";

/** The marks on data from a target; on a handshake alone there are none. */
function marks(...seen: Mark[]): string[] {
  return (["ect0", "ect1", "ce"] as const)
    .map((mark) => `ecn.ipmark.${mark}.${seen.includes(mark) ? "seen" : "not_seen"}`);
}

/** The ECN SYN was answered: the same before the marks, whatever the connection type. */
function answered(connectivity: string, negotiation: string, ...seen: Mark[]): EcnTruth {
  const start = [`ecn.connectivity.${connectivity}`, `ecn.negotiation.${negotiation}`];
  const withData = [...start, ...marks(...seen)];
  return { http: withData, dnstcp: withData, tcp: [...start, ...marks()] };
}

/** It was not, so that there is nothing more to say. */
function unanswered(connectivity: string): EcnTruth {
  const conditions = [`ecn.connectivity.${connectivity}`];
  return { http: conditions, dnstcp: conditions, tcp: conditions };
}

/** The truth about each middlebox that the ECN spider is measured against. */
export const ECN_TRUTH = {
  "transparent": answered("works", "succeeded", "ect0"),
  "drop": unanswered("offline"),
  "ecn-drop-syn": unanswered("broken"),
  "ecn-drop-syn-ack": unanswered("broken"),
  "ecn-drop-plain-syn": answered("transient", "succeeded", "ect0"),
  "reset": unanswered("offline"),
  "ecn-reset-syn": unanswered("broken"),
  "prohibit": unanswered("offline"),
  "ecn-clear-syn": answered("works", "failed"),
  // The server believes that ECN was agreed to, and marks what it sends.
  "ecn-reflect": answered("works", "reflected", "ect0"),
  "ecn-clear": answered("works", "succeeded"),
  "ecn-set-ce": answered("works", "succeeded", "ce"),
} as const satisfies Readonly<Record<string, EcnTruth>>;

/** The name of one of them. */
export type EcnBoxName = keyof typeof ECN_TRUTH;

/** The names of all of them. */
export const ECN_BOXES = Object.keys(ECN_TRUTH) as readonly EcnBoxName[];
