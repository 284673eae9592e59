/** What a target does in one phase. */
export type PhaseWork = () => Promise<void>;

/** A target's permit to be under way. */
export interface Admission {
  /**
   * Does the work of every phase when the phase has its turn, in the order of that turn; may be
   * called again when it has ended. False when it was aborted because the run is to end.
   *
   * @param work by the number of the phase
   */
  run(work: readonly PhaseWork[]): Promise<boolean>;
  /** Gives it back. */
  end(): void;
}

/** Decides which target is measured when. */
export interface Schedule {
  /** Whether what is under way would be aborted if the run were to end now. */
  readonly givesUp: boolean;
  /** Whether a target may begin to run again before its last run has ended. */
  readonly overlaps: boolean;
  /** Waits until one more target may be under way. Only one may wait for it at a time. */
  admit(): Promise<Admission>;
  /** Waits until none is. No more may be admitted. */
  finish(): Promise<void>;
  /** The run is to end. */
  stop(): void;
  /** Restores the settings of phases at once, without waiting for what is under way. */
  close(): Promise<void>;
}
