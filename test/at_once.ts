import { ConcurrencyLimit } from "../src/target/concurrency_limit.ts";

/**
 * Tries something with each of some cases, so many of them at once: for what waits more than it
 * computes, in a lab of its own each. All have ended when the first that failed is thrown.
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
