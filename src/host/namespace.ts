import { Failure } from "./failure.ts";
import { gone, inode, networkNamespace } from "./process.ts";
import { run } from "./run.ts";
import { waitFor } from "./wait.ts";

/** How long killed processes may take to end, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Ends every process in a named network namespace and deletes it. A namespace that is not there is
 * left at that.
 *
 * @throws {Failure} when we are in it ourselves, or its processes do not end
 */
export function deleteNamespace(name: string): void {
  const found = inode(`/run/netns/${name}`);
  if (found === null) return;
  if (found === networkNamespace()) {
    throw new Failure(`Cannot delete the network namespace ${name} from inside: leave it first.`);
  }
  endProcesses(name);
  run("ip", ["netns", "delete", name]);
}

/** Without this they would live on: a namespace without a name stays while a process is in it. */
function endProcesses(name: string): void {
  waitFor(`the processes in the namespace ${name} to end`, PATIENCE, () => {
    const left = processes(name);
    left.forEach(kill);
    return left.length === 0;
  });
}

function processes(name: string): number[] {
  return run("ip", ["netns", "pids", name]).split("\n").filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!gone(error)) throw error;
  }
}
