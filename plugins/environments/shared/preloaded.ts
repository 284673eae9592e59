import type { ServiceCommand } from "../../../src/mod.ts";

/**
 * The words of a command with a library put before those of the service itself. What places or wraps a
 * service is not to have it, and so neither variables of the command nor words before all others do: in
 * a wrapper a profiler counts what is not the service's, and its timer may end what becomes a program
 * without a handler yet.
 */
export function preloaded(
  library: string,
  settings: readonly string[],
  { words, service }: ServiceCommand,
): string[] {
  if (words.some((word) => word.startsWith("LD_PRELOAD="))) {
    throw new Error("one profiler of gperftools at a time: gperf_cpu or gperf_heap");
  }
  const at = words.length - service.length;
  if (service.some((word, index) => words[at + index] !== word)) {
    throw new Error(
      "what wraps the service before the profiler does not end with the words of the service: list the profiler first",
    );
  }
  return [...words.slice(0, at), "env", `LD_PRELOAD=${library}`, ...settings, ...service];
}
