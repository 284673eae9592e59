import { Failure } from "./failure.ts";
import { readKernelFile } from "./kernel_file.ts";

/** Descriptors that the program needs besides those of connections. */
const OWN = 64;

/** How many files this process may have open. */
export function openFilesLimit(): number {
  const line = readKernelFile("/proc/self/limits").match(/^Max open files\s+(\S+)/m)?.[1];
  return line === "unlimited" ? Infinity : Number(line);
}

/** How many open files a number of concurrent connections need. */
export function descriptorsNeeded(connections: number): number {
  return connections + OWN;
}

/**
 * Checks that this process may open that many connections at once.
 *
 * @throws {Failure} that names the limit and how to raise it
 */
export function checkOpenFiles(connections: number): void {
  const limit = openFilesLimit();
  const needed = descriptorsNeeded(connections);
  if (needed <= limit) return;
  throw new Failure(
    `${connections} connections at once need ${needed} open files, and the limit is ${limit}: ` +
      `raise it with \`ulimit -n ${needed}\`, or lower --workers`,
  );
}
