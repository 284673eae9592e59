import type { FlowField } from "../../../contract/flow_field.ts";

/** What becomes of flow records, and where it goes. */
export interface Form {
  records(lines: Uint8Array): void;
  /** Waits until records should come; null when they should now. */
  room(stop: AbortSignal): Promise<void> | null;
  /** Writes what comes after the last record, and all that waits. */
  end(): Promise<void>;
  /** Writes what waits, also after an error, and closes it. */
  close(): Promise<void>;
}

/**
 * Opens a form for records with these fields.
 *
 * @param inputs files that are being read, and so must not be emptied
 */
export type OpenForm = (fields: readonly FlowField[], inputs: readonly string[]) => Form;
