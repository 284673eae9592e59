import { Failure } from "../../host/failure.ts";
import type { PlannedBox } from "../topology/network_plan.ts";

/**
 * What the code of a middlebox gives.
 *
 * @throws {Failure} with its name, where that fails
 */
export function asked<T>({ written }: PlannedBox, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`the middlebox ${written} cannot be set up, its code fails: ${why}`, {
      cause: error,
    });
  }
}
