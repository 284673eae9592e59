import { readKernelFile } from "./kernel_file.ts";
import { libc } from "./libc.ts";

/** The number of SIGHUP, the same on every architecture of Linux (signal(7)). */
const SIGHUP = 1;
const SIG_IGN = 1n;

/** Whether this process was started with SIGHUP ignored, as by nohup. */
export const hangupIgnored = ignores(SIGHUP);

/**
 * Ignores SIGHUP again where it was ignored from the start. To be called after a listener for any
 * signal was added: with the first one, Deno takes SIGHUP over too, and would then end the program.
 * What this process starts inherits it.
 */
export function keepHangupIgnored(): void {
  if (hangupIgnored) libc.signal(SIGHUP, SIG_IGN);
}

function ignores(signal: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readKernelFile("/proc/self/status"))?.[1];
  return (BigInt(`0x${mask ?? 0}`) >> BigInt(signal - 1) & 1n) === 1n;
}
