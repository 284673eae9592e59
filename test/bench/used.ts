import { denoCommand, type Ran } from "./process.ts";

/** What the line begins with that `used_main.ts` adds. */
export const USED = "used:";

/** What a command took. */
export interface Used {
  /** Processor time, its own and the kernel's for it, in seconds. */
  readonly cpu: number;
  /** The most memory, in megabytes. */
  readonly peakMb: number;
}

/** The command line that runs a command and tells what it took. */
export function withUsage(command: readonly string[]): readonly string[] {
  return denoCommand("used_main.ts", command);
}

/** What a command took that ran so. */
export function used({ stderr }: Pick<Ran, "stderr">): Used {
  const [cpu, kilobytes] = stderr.trimEnd().split("\n").at(-1)!.split(" ").slice(1).map(Number);
  if (!Number.isFinite(cpu) || !Number.isFinite(kilobytes)) {
    throw new Error(`the command does not tell what it took: ${stderr}`);
  }
  return { cpu: cpu!, peakMb: kilobytes! / 1024 };
}
