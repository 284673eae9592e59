import type { Lesson } from "../lesson.ts";
import { program, ROOT } from "../needs.ts";
import { changePlugin, checkAndTest, goOn, putAndRun, writePlugin } from "../steps.ts";

const EXPERIMENT = `name: hello
tests:
  - name: web
    services:
      web: { implementation: nginx, protocol: http }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    execution_environment: ./hello
    expect:
      - must: [ecn.connectivity.works]
`;

/** How the environment that was made sums up, and how it is to. */
const SUMS = `    const counts = Object.values(files).map((text) =>
      Number(/final number of relocations: (\\d+)/.exec(text)?.[1] ?? 0)
    );
    return { relocations: counts.reduce((sum, count) => sum + count, 0) };`;
const SUMS_BOTH = `    const sum = (what: RegExp) =>
      Object.values(files).reduce((sum, text) => sum + Number(what.exec(text)?.[1] ?? 0), 0);
    return {
      at_start: sum(/:\\s+number of relocations: (\\d+)/),
      relocations: sum(/final number of relocations: (\\d+)/),
    };`;

/** The lesson about environments. */
export const lesson: Lesson = {
  about: "Wrap a server in something that watches it, and have a report sum up what came of that",
  title: "An environment, from nothing to its part of a report",
  steps: [
    writePlugin(
      "environment",
      "hello",
      "An environment of the type execution wraps the commands of services in an experiment, and " +
        "sums up the files that come of it. This one has the dynamic linker count what it resolves.",
    ),
    checkAndTest("hello"),
    {
      title: "Change what it sums up",
      about: "Some is resolved before a program begins, some only when it is called. The linker " +
        "also says how much it was before.",
      async run(shell) {
        await changePlugin(shell, "hello", {
          module: { [SUMS]: SUMS_BOTH },
          tests: {
            '"linker.7": "         7:\\tfinal':
              '"linker.7": "         7:\\tnumber of relocations: 90\\n" +\n        "         7:\\tfinal',
            "summary: { relocations: 100 }": "summary: { at_start: 90, relocations: 100 }",
          },
        });
      },
    },
    {
      title: "Wrap a service in it",
      about:
        "The summary is in the reports of the run, that for browsers and that for programs. The " +
        "files that it was made of lie in the folder of the service.",
      needs: [ROOT, program("nginx", "nginx-light")],
      async run(shell) {
        await putAndRun(shell, "hello.yaml", EXPERIMENT);
        shell.say();
        await shell.sh("grep -A 5 wrapped spider-results/*/report.json", {
          says: /"web hello": \{\s+"at_start": \d{2,},\s+"relocations": \d{2,}/,
        });
      },
    },
    goOn(
      "All members, and environments that are networks: spider help authoring. Those that ship " +
        "with the program, such as strace and memcheck: spider help experiments.",
    ),
  ],
};
