import { ConcurrencyLimit } from "../src/target/concurrency_limit.ts";

/**
 * Runs a test function for each of some cases, several at once: for tests that mostly wait, each in
 * its own lab. The first failure is thrown when all have ended.
 */
export async function atOnce<T>(
  limit: number,
  cases: readonly T[],
  attempt: (one: T) => Promise<void>,
): Promise<void> {
  const places = new ConcurrencyLimit(limit);
  const ended = await Promise.allSettled(
    cases.map((one) => places.through(() => attempt(one))),
  );
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}
