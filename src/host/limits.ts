import { Failure } from "./failure.ts";

/** Descriptors that the program needs besides those of connections. */
const OWN = 64;

/**
 * Checks that this process may open so many connections at once.
 *
 * @throws {Failure} that names the limit and how to raise it
 */
export function checkOpenFiles(connections: number): void {
  const line = Deno.readTextFileSync("/proc/self/limits").match(/^Max open files\s+(\S+)/m)?.[1];
  const limit = line === "unlimited" ? Infinity : Number(line);
  const needed = connections + OWN;
  if (needed <= limit) return;
  throw new Failure(
    `${connections} connections at once need ${needed} open files, and the limit is ${limit}: ` +
      `raise it with \`ulimit -n ${needed}\`, or lower --workers`,
  );
}
