/** Takes flow records, and writes them in a form of its own. */
export interface FlowSink {
  /** Takes records, whole lines of ndjson, good for the time of the call. */
  records(lines: Uint8Array): void;
  /** Writes what waits, and what ends the form. To be called once, also after an error. */
  end(): void;
}
