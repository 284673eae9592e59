import type { Lesson } from "../lesson.ts";
import { changePlugin, checkAndTest, goOn, writePlugin } from "../steps.ts";

const EXPERIMENT = `name: hello
observers: [./hello]
tests:
  - name: ecn
    network_environment: simulated
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [transparent, ecn-clear] }
    expect:
      - must: [ecn.connectivity.works, ecn.ipmark.ect0.seen]
`;

/** What the observer that was made says of a test, and what it is to say. */
const SAYS = '    if (state === "failed" || state === "error") print(`${test} did not`);';
const SAYS_WHY =
  '    if (state === "failed" || state === "error") print(`${test} did not, see above`);';
const SEES = '    if (event.type !== "test.state") return;';
const SEES_MISSED =
  '    if (event.type === "expectation.missed") print(`missed: ${event.expectation}`);';

/** The lesson about observers. */
export const lesson: Lesson = {
  about: "Be told of everything that happens in an experiment, and say what matters to you",
  title: "An observer, from nothing to a run that it watches",
  steps: [
    writePlugin(
      "observer",
      "hello",
      "An observer gets the events of an experiment, one after the other: those of the types that " +
        "it names. What it does with them is its own affair; the run does not wait for it.",
    ),
    checkAndTest("hello"),
    {
      title: "Observe more",
      about: "What a test missed is an event too, before that of its end.",
      async run(shell) {
        await changePlugin(shell, "hello", {
          module: {
            'observes: ["test.state"]': 'observes: ["test.state", "expectation.missed"]',
            [SEES]: `${SEES_MISSED}\n${SEES}`,
            [SAYS]: SAYS_WHY,
          },
          tests: {
            '      { type: "test.state", test: "ecn[ip=6]", state: "failed" },':
              '      { type: "expectation.missed", expectation: "must ecn.x", missed: 1, of: 1 },\n' +
              '      { type: "test.state", test: "ecn[ip=6]", state: "failed" },',
            '"ecn[ip=6] did not"': '"missed: must ecn.x", "ecn[ip=6] did not, see above"',
          },
        });
      },
    },
    {
      title: "Watch a run",
      about: "An experiment names its observers. This one expects that a middlebox which clears " +
        "marks leaves them alone, so one of its tests fails.",
      async run(shell) {
        shell.put("hello.yaml", EXPERIMENT);
        shell.say();
        await shell.spider(["experiment", "run", "hello.yaml"], { status: 1 });
      },
    },
    goOn(
      "All members: spider help authoring. Types of events, and what is told of each: " +
        "ExperimentEvents in hello/spider.d.ts. One that ships with the program is tap, for what " +
        "reads the Test Anything Protocol: spider help experiments.",
    ),
  ],
};
