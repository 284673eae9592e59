/**
 * The words of a command with a library put before its own. Not by variables of the command: what
 * places or wraps it would have it too.
 */
export function preloaded(
  library: string,
  settings: readonly string[],
  words: readonly string[],
): string[] {
  if (words.some((word) => word.startsWith("LD_PRELOAD="))) {
    throw new Error("one profiler of gperftools at a time: gperf_cpu or gperf_heap");
  }
  return ["env", `LD_PRELOAD=${library}`, ...settings, ...words];
}
