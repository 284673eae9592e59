import { gone } from "./process.ts";
import { kernelEntries, readKernelFile } from "./kernel_file.ts";
import { libc } from "./libc.ts";
import { waitFor } from "./wait.ts";

/** The variable of processes that we have started on this host itself, and of all that they start. */
export const MARK = "SPIDER_MARK";

/** How long killed processes may take to end, in milliseconds. */
const PATIENCE = 10_000;
const SIGKILL = 9;

/**
 * Ends every process that has a mark, also those that have gone to the background. Does nothing when
 * there is none.
 *
 * @throws {Failure} when they do not end
 */
export function endMarked(mark: string): void {
  waitFor(`the processes of the mark ${mark} to end`, PATIENCE, () => {
    const left = marked(mark);
    for (const pid of left) libc.kill(pid, SIGKILL);
    return left.length === 0;
  });
}

function marked(mark: string): number[] {
  const variable = `${MARK}=${mark}\0`;
  return kernelEntries("/proc").map(Number).filter((pid) =>
    pid > 0 && pid !== Deno.pid && `\0${environment(pid)}`.includes(`\0${variable}`)
  );
}

/** What a process began with; nothing of one that ended, or that is somebody else's. */
function environment(pid: number): string {
  try {
    return readKernelFile(`/proc/${pid}/environ`);
  } catch (error) {
    if (gone(error) || error instanceof Deno.errors.PermissionDenied) return "";
    // One that is about to end has no memory any more
    if ((error as { code?: string }).code === "ESRCH") return "";
    throw error;
  }
}
