import type { PlacedCommand, WrapperOutput } from "../../../src/mod.ts";

/** Without pipes for debuggers, which it leaves in /tmp where a process is killed. */
const QUIET = "--vgdb=no";

/**
 * A command under a tool of valgrind, which writes a log for each process. Valgrind is the process of
 * the service itself, so signals need not be passed on.
 */
export function valgrind(
  { words, variables }: PlacedCommand,
  folder: string,
  tool: readonly string[],
): PlacedCommand {
  const log = `--log-file=${folder}/%p.log`;
  const own = [...tool, "--trace-children=yes", QUIET, log];
  return { words: ["valgrind", ...own, "--", ...words], variables };
}

/** Numbers in the logs, by what stands before them, added over all processes that have ended in order. */
export function totals<Name extends string>(
  { files }: WrapperOutput,
  patterns: Readonly<Record<Name, RegExp>>,
): Record<Name | "processes" | "killed", number> {
  const logs = Object.entries(files).filter(([name]) => name.endsWith(".log")).map(([, log]) =>
    log
  );
  const ended = logs.filter((log) => log.includes("ERROR SUMMARY: "));
  const sums = Object.entries<RegExp>(patterns).map(([name, pattern]) => [
    name,
    ended.reduce((sum, log) => sum + numberIn(log, pattern), 0),
  ]);
  return {
    ...Object.fromEntries(sums) as Record<Name, number>,
    processes: ended.length,
    killed: logs.length - ended.length,
  };
}

/** The last number that stands where a pattern has its group; 0 when there is none. */
function numberIn(log: string, pattern: RegExp): number {
  const found = [...log.matchAll(new RegExp(pattern, "g"))].at(-1)?.[1];
  return Number(found?.replaceAll(",", "") ?? 0);
}

/** How many errors it has found. */
export const ERRORS = /ERROR SUMMARY: ([\d,]+) errors/;
