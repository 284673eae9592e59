/** Whether a process runs; one that has ended and that nobody waits for yet does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The processes that one has started and that it has not waited for yet; none of one that has ended. */
export function childrenOf(pid: number): number[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(" ")
        .filter((word) => word !== "").map(Number)
    );
  } catch (error) {
    // One of its threads may have ended in between
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
