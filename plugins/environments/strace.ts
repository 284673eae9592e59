import type { ExecutionEnvironment } from "../../src/mod.ts";
import { passing, quoted, TIED } from "./shared/passing.ts";

/** Lines at the end of the trace among which the table of counts is. */
const MOST = 600;
export default {
  kind: "environment",
  name: "strace",
  version: "1.0.0",
  api: "^1",
  summary: "system calls of a service and its children, each and counted",
  type: "execution",
  program: "strace",
  package: "strace",
  options: {
    calls: {
      type: "string",
      summary: "which calls, as strace -e trace= takes them, such as %network; all when missing",
    },
    "counts-only": { type: "boolean", summary: "count the calls, and do not write each" },
  },
  wrap({ words, variables }, folder, { calls, "counts-only": countsOnly }) {
    const trace = `${folder}/trace`;
    const strace = [
      ...["strace", "-f", countsOnly ? "-c" : "-C", "-o", trace],
      ...(calls === undefined ? [] : ["-e", `trace=${calls}`]),
      "--",
    ];
    return {
      // A signal has it let go of the service, which then ends unseen. With -D, where it would be no
      // parent of the service, one that comes early leaves it behind
      words: passing([...strace, ...TIED, ...words], {
        end: `tail -n ${MOST} ${quoted(trace)} | sed -n '/^% time/,$p' >${
          quoted(`${folder}/counts`)
        }`,
        isChild: true,
      }),
      variables,
    };
  },
  summarize({ files }) {
    const rows = (files.counts ?? "").split("\n").map((line) => ROW.exec(line)?.groups)
      .filter((row) => row !== undefined);
    const total = rows.find(({ call }) => call === "total");
    if (total === undefined) return {};
    const longest = rows[0]!;
    return {
      calls: Number(total.calls),
      errors: Number(total.errors ?? 0),
      seconds: Number(total.seconds),
      ...(longest === total ? {} : { longest: longest.call! }),
    };
  },
} satisfies ExecutionEnvironment;

/** A row of its table, in which the column of errors may be empty. */
const ROW = /^ *[\d.]+ +(?<seconds>[\d.]+) +\d+ +(?<calls>\d+) +(?:(?<errors>\d+) +)?(?<call>\w+)$/;
