/** Waits until a condition holds, without blocking; at most a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`in vain: ${what}`);
}

/** Numbers of signals on Linux (signal(7)). */
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

/** Waits until a process handles a signal itself, so that it is not ended by it. */
export async function untilHandled(
  { pid }: Pick<Deno.ChildProcess, "pid">,
  signal: keyof typeof SIGNALS,
): Promise<void> {
  await until(`${pid} handles ${signal}`, () => {
    const [, caught = "0"] =
      /^SigCgt:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ??
        [];
    return (BigInt(`0x${caught}`) >> BigInt(SIGNALS[signal] - 1) & 1n) === 1n;
  });
}
