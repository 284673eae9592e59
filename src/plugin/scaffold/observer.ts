import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new observer: one that says how each test has ended. */
export function observerScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": `import type { Observer } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

/** Says how each test has ended. */
export default {
  kind: "observer",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "says how each test has ended",
  observes: ["test.state"],
  event(event, { print }) {
    if (event.type !== "test.state") return;
    const { test, state } = event;
    if (state === "completed") print(\`\${test} came out as expected\`);
    if (state === "failed" || state === "error") print(\`\${test} did not\`);
  },
} satisfies Observer;
`,
    "tests.ts": `import type { ObserverTest } from "./${TYPES_FILE}";

/** Events, and the lines that must come of them. */
export const tests: readonly ObserverTest[] = [
  {
    name: "each test is reported when it has ended",
    events: [
      { type: "test.state", test: "ecn[ip=4]", state: "executing" },
      { type: "test.state", test: "ecn[ip=4]", state: "completed" },
      { type: "test.state", test: "ecn[ip=6]", state: "failed" },
    ],
    lines: ["ecn[ip=4] came out as expected", "ecn[ip=6] did not"],
  },
];
`,
    "README.md": readmeFile(
      name,
      "An observer: says how each test of an experiment has ended.",
      "spider experiment run study.yaml # with observers: [./mod.ts] in it",
    ),
    [TYPES_FILE]: typesFile(),
  };
}
