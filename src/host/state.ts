import { Failure } from "./failure.ts";

/** The folder of the journals. `SPIDER_STATE_DIR` overrides it. */
export function stateDirectory(): string {
  return Deno.env.get("SPIDER_STATE_DIR") || "/run/spider";
}

let depth = 0;

/**
 * Runs a function under a lock across all spiders on this machine: for taking unique numbers, or
 * restoring. May be nested. Makes the state directory when it is missing.
 *
 * @throws {Failure} when the state directory cannot be written
 */
export function locked<T>(work: () => T): T {
  // A second lock of the same file by the same process would deadlock.
  if (depth > 0) return work();
  using file = openLock();
  file.lockSync(true);
  depth++;
  try {
    return work();
  } finally {
    depth--;
  }
}

function openLock(): Deno.FsFile {
  return writing(() => {
    Deno.mkdirSync(stateDirectory(), { recursive: true, mode: 0o700 });
    return Deno.openSync(`${stateDirectory()}/lock`, { create: true, write: true, mode: 0o600 });
  });
}

/**
 * Does something that writes to the state directory.
 *
 * @throws {Failure} when it cannot be written
 */
export function writing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Failure(
      `cannot write to ${stateDirectory()}, where changes to the system are noted before they are ` +
        `made (${error instanceof Error ? error.message : error}): run spider as root, or set ` +
        `SPIDER_STATE_DIR to a directory that you may write to`,
      { cause: error },
    );
  }
}
