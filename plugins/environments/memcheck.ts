import type { ExecutionEnvironment } from "../../src/mod.ts";
import { ERRORS, totals, valgrind } from "./shared/valgrind.ts";

export default {
  kind: "environment",
  name: "memcheck",
  version: "1.0.0",
  api: "^1",
  summary: "valgrind's memcheck: memory that is used wrongly, or lost",
  type: "execution",
  program: "valgrind",
  package: "valgrind",
  options: {
    origins: { type: "boolean", summary: "say where values come from that were never set; slower" },
  },
  wrap: (command, folder, { origins }) =>
    valgrind(command, folder, [
      "--tool=memcheck",
      "--leak-check=full",
      ...(origins ? ["--track-origins=yes"] : []),
    ]),
  summarize: (output) =>
    totals(output, {
      errors: ERRORS,
      octets_definitely_lost: lost("definitely"),
      octets_indirectly_lost: lost("indirectly"),
      octets_possibly_lost: lost("possibly"),
    }),
} satisfies ExecutionEnvironment;

function lost(how: string): RegExp {
  return new RegExp(`${how} lost: ([\\d,]+) bytes`);
}
