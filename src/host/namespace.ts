import { Failure } from "./failure.ts";
import { libc } from "./libc.ts";
import { inode, networkNamespace } from "./process.ts";
import { run } from "./run.ts";
import { waitFor } from "./wait.ts";

/** How long killed processes may take to end, in milliseconds. */
const PATIENCE = 10_000;

const SIGKILL = 9;

/**
 * Ends every process in a named network namespace and deletes it. Does nothing when there is no
 * such namespace.
 *
 * @throws {Failure} when we are in it ourselves, or its processes do not end
 */
export function deleteNamespace(name: string): void {
  const found = inode(`/run/netns/${name}`);
  if (found === null) return;
  if (found === networkNamespace()) {
    throw new Failure(`cannot delete the network namespace ${name} from inside: leave it first`);
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
  // Whether it ended is checked afterwards, so the result of this call does not matter.
  // (`Deno.kill` needs permission to run any program.)
  libc.kill(pid, SIGKILL);
}
