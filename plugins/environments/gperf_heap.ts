import type { ExecutionEnvironment } from "../../src/mod.ts";
import { preloaded } from "./shared/preloaded.ts";

export default {
  kind: "environment",
  name: "gperf_heap",
  version: "1.0.0",
  api: "^1",
  summary: "gperftools' heap profiler: which functions take memory, and keep it",
  type: "execution",
  program: "google-pprof",
  package: "google-perftools",
  wrap: (command, folder) => ({
    words: preloaded("libtcmalloc.so.4", [`HEAPPROFILE=${folder}/profile`], command),
    variables: command.variables,
  }),
  summarize({ files }) {
    // Each process numbers its profiles, of which the last has all
    const last = new Map<string, readonly number[]>();
    for (const name of Object.keys(files).sort()) {
      const process = /^(profile.*)\.\d+\.heap$/.exec(name)?.[1];
      const counts = TOTALS.exec(files[name]!);
      if (process !== undefined && counts !== null) last.set(process, counts.slice(1).map(Number));
    }
    const sum = (at: number) => [...last.values()].reduce((all, counts) => all + counts[at]!, 0);
    if (last.size === 0) return {};
    return {
      blocks_in_use: sum(0),
      octets_in_use: sum(1),
      blocks_allocated: sum(2),
      octets_allocated: sum(3),
    };
  },
} satisfies ExecutionEnvironment;

/** What a profile begins with: what is in use, and in brackets what was ever allocated. */
const TOTALS = /^heap profile: *(\d+): *(\d+) *\[ *(\d+): *(\d+)\]/;
