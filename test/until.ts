/** Waits until a condition holds, without blocking; at most a minute. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const begin = performance.now();
  for (let waited = 0; waited < 60_000; waited = performance.now() - begin) {
    if (await holds()) return;
    // Looks cost time that others need: what takes longer is looked at less often
    await new Promise((resolve) => setTimeout(resolve, Math.min(100, 5 + waited / 5)));
  }
  throw new Error(`timed out waiting for: ${what}`);
}
