import type { ExecutionEnvironment } from "../../src/mod.ts";
import { passing, TIED } from "./shared/passing.ts";

export default {
  kind: "environment",
  name: "time",
  version: "1.0.0",
  api: "^1",
  summary: "time of processors and memory that a service took",
  type: "execution",
  program: "time",
  package: "time",
  wrap({ words, variables }, folder) {
    const time = ["time", "--verbose", `--output=${folder}/time`];
    // It passes no signal on, and ends by itself with SIGTERM
    return { words: passing([...time, ...TIED, ...words], { isChild: true }), variables };
  },
  summarize({ files }) {
    const text = files.time ?? "";
    const number = (name: string) => {
      const at = text.indexOf(`${name}: `);
      return at < 0 ? null : Number.parseFloat(text.slice(at + name.length + 2));
    };
    const found = {
      user_seconds: number("User time (seconds)"),
      system_seconds: number("System time (seconds)"),
      most_resident_octets: kilobytes(number("Maximum resident set size (kbytes)")),
    };
    return Object.fromEntries(
      Object.entries(found).filter((entry): entry is [string, number] => entry[1] !== null),
    );
  },
} satisfies ExecutionEnvironment;

/** Octets; time calls 1024 of them a kilobyte. */
function kilobytes(count: number | null): number | null {
  return count === null ? null : count * 1024;
}
