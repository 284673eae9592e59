import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new environment: one that wraps, and has the dynamic linker say what it does. */
export function environmentScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": `import type { ExecutionEnvironment } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

/** Counts what the dynamic linker resolves for a service. */
export default {
  kind: "environment",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "counts what the dynamic linker resolves",
  type: "execution",
  program: "env",
  package: "coreutils",
  wrap: ({ words, variables }, folder) => ({
    words: ["env", "LD_DEBUG=statistics", \`LD_DEBUG_OUTPUT=\${folder}/linker\`, ...words],
    variables,
  }),
  // Each process has a file of its own
  summarize({ files }) {
    const counts = Object.values(files).map((text) =>
      Number(/final number of relocations: (\\d+)/.exec(text)?.[1] ?? 0)
    );
    return { relocations: counts.reduce((sum, count) => sum + count, 0) };
  },
} satisfies ExecutionEnvironment;
`,
    "tests.ts": `import type { EnvironmentTest } from "./${TYPES_FILE}";

/** Commands and files, and what must come of them. */
export const tests: readonly EnvironmentTest[] = [
  {
    name: "the linker writes into the folder, and the command is run as it was",
    command: ["server", "--port=80"],
    words: ["LD_DEBUG_OUTPUT=/FOLDER/linker", "server", "--port=80"],
  },
  {
    name: "relocations of all processes are added",
    files: {
      "linker.7": "         7:\\tfinal number of relocations: 97\\n",
      "linker.8": "         8:\\tfinal number of relocations: 3\\n",
    },
    summary: { relocations: 100 },
  },
];
`,
    "README.md": readmeFile(
      name,
      "An environment: counts what the dynamic linker resolves for the services of an experiment.",
      "spider experiment run study.yaml # with execution_environment: ./mod.ts in a test",
    ),
    [TYPES_FILE]: typesFile(),
  };
}
