import type { ExecutionEnvironment } from "../../src/mod.ts";
import { ERRORS, totals, valgrind } from "./shared/valgrind.ts";

export default {
  kind: "environment",
  name: "helgrind",
  version: "1.0.0",
  api: "^1",
  summary: "valgrind's helgrind: threads that race, and locks in the wrong order",
  type: "execution",
  program: "valgrind",
  package: "valgrind",
  wrap: (command, folder) => valgrind(command, folder, ["--tool=helgrind"]),
  summarize: (output) => totals(output, { errors: ERRORS }),
} satisfies ExecutionEnvironment;
