import type { FoundPlugin } from "./finder.ts";

/** A plugin as lists show it. Null for what cannot be known without running it. */
export interface Description {
  readonly name: string;
  readonly kind: string | null;
  readonly version: string | null;
  readonly summary: string | null;
  readonly from: FoundPlugin["from"];
  /** Its file or URL; null for what ships with the program. */
  readonly place: string | null;
  /** Why it cannot be used; null when it can be used. */
  readonly broken: string | null;
}
