import { fileStatus, kernelEntries, readKernelFile } from "./kernel_file.ts";

/** Identifies a process uniquely: a pid alone may be reused later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in clock ticks since boot (field 22 of `/proc/PID/stat`). */
  readonly start: number;
}

/** When a process started, in clock ticks since boot; null when it no longer lives. */
export function startTime(pid: number): number | null {
  let stat: string;
  try {
    stat = readKernelFile(`/proc/${pid}/stat`);
  } catch (error) {
    if (gone(error)) return null;
    throw error;
  }
  // The second field is the program's name in brackets, and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const dead = fields[0] === "Z" || fields[0] === "X";
  return dead ? null : Number(fields[19]);
}

/** Whether exactly that process is still alive. */
export function lives(process: ProcessIdentity): boolean {
  return startTime(process.pid) === process.start;
}

/** The kernel's id of the current boot. */
export function bootId(): string {
  return readKernelFile("/proc/sys/kernel/random/boot_id").trim();
}

/** The inode of this process's network namespace. */
export function networkNamespace(): number {
  return inode("/proc/self/ns/net") ?? 0;
}

/** The inode of this process's PID namespace. */
export function processNamespace(): number {
  return inode("/proc/self/ns/pid") ?? 0;
}

/** The PID namespace that the machine starts with (PROC_PID_INIT_INO in linux/proc_ns.h). */
const FIRST_PROCESS_NAMESPACE = 0xeffffffc;

/** Whether this process sees all processes of the PID namespace with this inode. */
export function seesProcessesOf(namespace: number): boolean {
  const own = processNamespace();
  return own === namespace || own === FIRST_PROCESS_NAMESPACE;
}

/**
 * A path through which the network namespace with this inode can be entered: its name, or a process
 * that lives in it. Null when there is none, which means that the namespace is gone.
 */
export function findNamespace(wanted: number): string | null {
  for (const entry of entries("/run/netns")) {
    const path = `/run/netns/${entry}`;
    if (inode(path) === wanted) return path;
  }
  for (const entry of entries("/proc")) {
    const path = `/proc/${entry}/ns/net`;
    if (/^\d+$/.test(entry) && inode(path) === wanted) return path;
  }
  return null;
}

function entries(directory: string): string[] {
  try {
    return kernelEntries(directory);
  } catch (error) {
    if (gone(error)) return [];
    throw error;
  }
}

/** The inode a path leads to; null when it is gone, or is another user's process. */
export function inode(path: string): number | null {
  try {
    return fileStatus(path).inode;
  } catch (error) {
    if (gone(error) || error instanceof Deno.errors.PermissionDenied) return null;
    throw error;
  }
}

/** Whether the error means that a file or a process does not exist (any more). */
export function gone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
}
