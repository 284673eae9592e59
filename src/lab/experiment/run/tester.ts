import type { ServicePort } from "../../../contract/service.ts";
import type { TesterResult } from "./expectations.ts";

/** An address that is tested, at a place of the matrix. */
export interface TesterTarget {
  readonly cell: string;
  /** Name of the service. */
  readonly service: string;
  readonly port: ServicePort;
  readonly address: string;
}

/** How many addresses a tester has under way at once, where each needs a process of its own. */
export const AT_ONCE = 4;

/** What came of a tester. */
export interface TesterOutcome {
  readonly results: readonly TesterResult[];
  /** Its results as it has written them, a line each. */
  readonly raw: readonly string[];
  /** What it had to say besides. */
  readonly log: string;
  /** What went wrong with the tester itself; null for nothing. */
  readonly problem: string | null;
}
