import { Failure } from "../../host/failure.ts";
import { libc } from "../../host/libc.ts";
import { journalsOf, restore } from "../../host/restore.ts";
import { sleep } from "../../host/sleep.ts";
import type { RunningLab } from "./note.ts";

const SIGTERM = 15;
/** How long a lab may take to go, and how often is looked whether it has; milliseconds. */
const PATIENCE = 30_000;
const EVERY = 10;

/**
 * Ends a lab, and waits until nothing of it is left.
 *
 * @throws {Failure} when its process cannot be reached, or does not end
 */
export async function endLab({ name, pid, isNear }: RunningLab): Promise<void> {
  if (!isNear) {
    throw new Failure(`the lab ${name} is held in another container: end it from there`);
  }
  libc.kill(pid, SIGTERM);
  const isLeft = () => {
    const left = journalsOf(pid);
    // Something has killed it meanwhile
    if (left.some(({ alive }) => !alive)) restore();
    return left.length > 0;
  };
  for (const deadline = performance.now() + PATIENCE; isLeft(); await sleep(EVERY)) {
    if (performance.now() < deadline) continue;
    throw new Failure(
      `the lab ${name} has not ended after ${PATIENCE / 1000} s: look at its process, ${pid}`,
    );
  }
}
