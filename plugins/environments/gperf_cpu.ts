import type { ExecutionEnvironment } from "../../src/mod.ts";
import { passing, quoted } from "./shared/passing.ts";
import { preloaded } from "./shared/preloaded.ts";

/** Seconds that it may take to name the functions of a profile. */
const PATIENCE = 10;

export default {
  kind: "environment",
  name: "gperf_cpu",
  version: "1.0.0",
  api: "^1",
  summary: "gperftools' CPU profiler: in which functions a service is busy",
  type: "execution",
  program: "google-pprof",
  package: "google-perftools",
  options: {
    frequency: {
      type: "integer",
      summary: "samples in a second of a busy processor",
      default: 100,
      minimum: 1,
      maximum: 4000,
    },
  },
  wrap({ words, variables }, folder, { frequency }) {
    const [program = ""] = words;
    const settings = [`CPUPROFILE=${folder}/profile`, `CPUPROFILE_FREQUENCY=${frequency}`];
    return {
      words: passing(preloaded("libprofiler.so.0", settings, words), {
        end: `cd ${quoted(folder)}
set --
for one in profile*; do [ ! -s "$one" ] || set -- "$@" "$one"; done
timeout ${PATIENCE} google-pprof --text "$(command -v ${
          quoted(program)
        })" "$@" >functions 2>/dev/null`,
      }),
      variables,
    };
  },
  summarize({ files: { functions = "" } }) {
    const samples = /^Total: (\d+) samples$/m.exec(functions)?.[1];
    if (samples === undefined) return {};
    const busiest = /^ *\d+ +([\d.]+%) +[\d.]+% +\d+ +[\d.]+% (.+)$/m.exec(functions);
    return {
      samples: Number(samples),
      ...(busiest === null ? {} : { busiest: `${busiest[2]} ${busiest[1]}` }),
    };
  },
} satisfies ExecutionEnvironment;
