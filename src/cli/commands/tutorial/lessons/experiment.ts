import type { Lesson } from "../lesson.ts";
import { program, ROOT } from "../needs.ts";
import { goOn, runExperiment } from "../steps.ts";

const FILE = "study.yaml";
const CLEARED = ["--only", "ecn[middlebox=ecn-clear"];
const NEEDS = [ROOT, program("nginx", "nginx-light")];

/** The lesson about experiments. */
export const lesson: Lesson = {
  about: "Say what must come out, see an expectation fail with its likely cause, put it right",
  title: "An experiment, from nothing to a report",
  steps: [
    {
      title: "Write an experiment",
      about:
        "An experiment is one file: services, what tests them, a matrix of middleboxes and IP " +
        "versions, and what must come out. One command writes a file to begin with.",
      async run(shell) {
        await shell.spider(["experiment", "new", FILE]);
        shell.say();
        shell.show(FILE);
      },
    },
    {
      title: "Check it",
      about: "The check says all that is wrong, with line and column.",
      async run(shell) {
        await shell.spider(["experiment", "check", FILE]);
        shell.say("\nWith two faults in it:\n");
        const right = shell.read(FILE);
        shell.change(FILE, {
          "implementation: ecn,": "implementation: enc,",
          "ecn-clear, ecn-drop-syn]": "ecn-claer, ecn-drop-syn]",
        });
        await shell.spider(["experiment", "check", FILE], { status: 1 });
        shell.write(FILE, right);
        shell.say("They are taken out again.");
      },
    },
    {
      title: "See what it does",
      about: "A plan is made without touching anything: which networks, programs and commands, " +
        "and which address stands for which place of the matrix. With --only it has some tests.",
      async run(shell) {
        await shell.spider(["experiment", "plan", FILE, ...CLEARED]);
      },
    },
    {
      title: "Expect something wrong",
      about: "Whoever thinks that ecn-clear leaves the marks alone is told by a run.",
      needs: NEEDS,
      async run(shell) {
        shell.change(FILE, { "ecn.ipmark.ect0.not_seen": "ecn.ipmark.ect0.seen" });
        await shell.spider(["experiment", "run", FILE, ...CLEARED, "--output", "before"], {
          status: 1,
          says: /^failed: .*\n +must ecn\.ipmark\.ect0\.seen: missed[^]*ecn-clear treats/m,
        });
      },
    },
    {
      title: "Put it right",
      about:
        "The cause was that the middlebox clears the field, as its name says. All tests run; " +
        "those that differ in middlebox and IP version share one network, side by side.",
      needs: NEEDS,
      async run(shell) {
        shell.change(FILE, {
          "ecn.ipmark.ect0.seen]\n      - when: { middlebox: ecn-drop-syn }":
            "ecn.ipmark.ect0.not_seen]\n      - when: { middlebox: ecn-drop-syn }",
        });
        await runExperiment(shell, [FILE, "--output", "after"]);
      },
    },
    {
      title: "Read what it came to",
      about: "Each run has a folder with a report for browsers, the same as Markdown and JSON, " +
        "a file for CI, every event, all results, and the logs of services.",
      needs: NEEDS,
      async run(shell) {
        await shell.sh("spider experiment compare before/* after/*", { says: /ecn-clear/ });
        shell.say();
        await shell.sh("spider experiment report after/* --format md", { says: /ecn-drop-syn/ });
      },
    },
    {
      title: "Run it without root",
      about: "In the environment simulated packets are computed, middleboxes with them, and no " +
        "server runs: the same verdicts, without root.",
      async run(shell) {
        await runExperiment(shell, [FILE, ...CLEARED, "--environment", "simulated"]);
      },
    },
    goOn(
      "Every key, other networks, steps, and wrappers of services: spider help experiments. Those " +
        "that ship with the program: spider experiment list. What you write yourself is named by " +
        "its file: spider tutorial --list.",
    ),
  ],
};
