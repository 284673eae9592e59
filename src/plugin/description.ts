import type { FoundPlugin } from "./finder.ts";

/** A plugin as lists show it. What cannot be told without running it is null. */
export interface Description {
  readonly name: string;
  readonly kind: string | null;
  readonly version: string | null;
  readonly summary: string | null;
  readonly from: FoundPlugin["from"];
  /** Its file or URL; null for what ships with the program. */
  readonly place: string | null;
  /** Why it cannot be used; null when nothing speaks against it. */
  readonly broken: string | null;
}
