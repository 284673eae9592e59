/** What a scan is at. */
export type ScanPhase =
  /** Probes are sent. */
  | "sending"
  /** All are sent, and late answers are waited for. */
  | "cooldown"
  /** Answers are no longer waited for; what differs is still measured. */
  | "confirming"
  | "ended";

/** An arm as far as it has come. */
export interface ArmState {
  readonly name: string;
  /** Probes that the kernel took. */
  readonly sent: number;
  /** Targets that have answered it. */
  readonly answered: number;
}

/** Where a scan stands. */
export interface ScanState {
  readonly phase: ScanPhase;
  /** Seconds since the start. */
  readonly seconds: number;
  /** Seconds that were spent sending; no longer grows once all is sent. */
  readonly sending: number;
  /** Targets that this run will probe, as far as can be told; null when it cannot. */
  readonly total: number | null;
  /** Targets of which a probe was sent. */
  readonly targets: number;
  /** Probes that the kernel took. */
  readonly sent: number;
  /** Probes that it did not take, however often they were handed to it. */
  readonly failed: number;
  /** Targets that have answered an arm or more. */
  readonly answered: number;
  /** In the order of the arms. */
  readonly arms: readonly ArmState[];
  /** Packets that came in, by kind (`spider help scanning`). */
  readonly kinds: Readonly<Record<string, number>>;
  /** Packets that the kernel dropped before they could be read. */
  readonly drops: number;
  /** Packets that the interface dropped. */
  readonly interfaceDrops: number;
  /** Targets that were left out, by reason. */
  readonly passed: Readonly<Record<string, number>>;
  /** Targets that are to be measured with connections, and that were; null where none are. */
  readonly confirming: { readonly waiting: number; readonly done: number } | null;
  /** Results that were concluded. */
  readonly results: number;
  /** How many of them had each condition. */
  readonly conditions: ReadonlyMap<string, number>;
  /** Targets that have answered and whose arms were not all observed. */
  readonly unobserved: number;
}

/** Callbacks for the events of a scan. */
export interface ScanListener {
  /** A leftover of a killed run was restored, or could not be: a sentence. */
  restored(sentence: string): void;
  /** What may keep the results from being true, or fewer than expected, in a sentence. */
  warned(text: string): void;
  /** A line of the list was skipped. */
  skipped(line: number, problem: string): void;
  /** All probes are sent; so many seconds more, answers are waited for. */
  sent(cooldown: number): void;
  /** The first signal to end came, and results still wait for their reader. */
  resultsWait(): void;
}
