import type { ExecutionEnvironment } from "../../src/mod.ts";
import { passing, quoted } from "./shared/passing.ts";
import { preloaded } from "./shared/preloaded.ts";

/** Seconds that it may take to name the functions of a profile. */
const PATIENCE = 10;
/** What a shell calls the end of a process by SIGPROF. */
const BY_SIGPROF = 128 + 27;

const ENDED =
  "gperf_cpu: the profiler's timer (SIGPROF) has ended the service, as it can one that becomes " +
  "another program (exec): start that program itself, or set main-thread";

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
    "main-thread": {
      type: "boolean",
      summary: "sample the first thread alone, for a service that becomes another program (exec)",
    },
  },
  wrap(command, folder, { frequency, "main-thread": mainThread }) {
    const [program = ""] = command.service;
    const settings = [
      `CPUPROFILE=${folder}/profile`,
      `CPUPROFILE_FREQUENCY=${frequency}`,
      // Else its timer is the process's (setitimer), which outlives execve, as no handler does
      ...(mainThread ? ["CPUPROFILE_PER_THREAD_TIMERS=1"] : []),
    ];
    return {
      words: passing(preloaded("libprofiler.so.0", settings, command), {
        end: `if [ "$status" = ${BY_SIGPROF} ]; then
  echo ${quoted(ENDED)} >&2
fi
cd ${quoted(folder)}
set --
for one in profile*; do [ ! -s "$one" ] || set -- "$@" "$one"; done
timeout ${PATIENCE} google-pprof --text "$(command -v ${
          quoted(program)
        })" "$@" >functions 2>/dev/null`,
      }),
      variables: command.variables,
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
