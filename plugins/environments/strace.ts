import type { ExecutionEnvironment } from "../../src/mod.ts";
import { passing, quoted } from "./shared/passing.ts";

/** Lines at the end of the trace among which the table of counts is. */
const MOST = 600;
/** How long its end is waited for when the service has ended, in seconds. */
const PATIENCE = 2;

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
    const [trace, lock] = [`${folder}/trace`, `${folder}/lock`];
    const strace = [
      // Strace has the lock to its end
      ...["flock", "--no-fork", lock],
      // With -D it is the service that is the shell's child, and gets its signals
      ...["strace", "-D", "-f", countsOnly ? "-c" : "-C", "-o", trace],
      ...(calls === undefined ? [] : ["-e", `trace=${calls}`]),
      "--",
    ];
    return {
      words: passing([...strace, ...words], {
        end: `flock --wait ${PATIENCE} ${quoted(lock)} rm ${quoted(lock)}
tail -n ${MOST} ${quoted(trace)} | sed -n '/^% time/,$p' >${quoted(`${folder}/counts`)}`,
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
