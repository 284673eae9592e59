import type { Document } from "./document.ts";

/** A page of the manual that is about more than one command. */
export interface Topic {
  /** What `spider help` shows it by. */
  readonly name: string;
  /** One line without a full stop. */
  readonly summary: string;
  /** Loads and reads it. */
  page(): Promise<Document>;
}
