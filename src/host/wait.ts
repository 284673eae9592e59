import { Failure } from "./failure.ts";

/**
 * Waits until a condition holds, blocking everything else in this program.
 *
 * @param what the condition, for the message: "the links to come up"
 * @param milliseconds how long to wait at most
 * @throws {Failure} when it does not hold by then
 */
export function waitFor(what: string, milliseconds: number, holds: () => boolean): void {
  const deadline = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > deadline) {
      throw new Failure(`timed out after ${milliseconds} ms waiting for ${what}`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
}
