import type { PluginKind } from "../../../contract/manifest.ts";
import type { Step } from "./lesson.ts";
import type { Shell } from "./shell.ts";

/** Files of the plugin that a lesson is about. */
export const MODULE = "hello/mod.ts";
export const TESTS = "hello/tests.ts";

/** Makes a plugin of a kind, and shows it. */
export function writePlugin(kind: PluginKind, about: string): Step {
  return {
    title: `Write ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`,
    about: `${about} One command makes a folder with one in it.`,
    async run(shell) {
      await shell.spider(["plugins", "new", kind, "hello"]);
      shell.say();
      shell.show(MODULE);
    },
  };
}

/** Checks the plugin, and plays its tests. */
export const checkAndTest: Step = {
  title: "Check it and test it",
  about: "The check says all that is wrong, each fault with its line. Tests are data: what goes " +
    "in, and what must come out. They are played without root and without a network.",
  async run(shell) {
    await shell.spider(["plugins", "check", "./hello"]);
    shell.say();
    shell.show(TESTS);
    shell.say();
    await shell.spider(["plugins", "test", "./hello"]);
  },
};

/** Texts of a file, and what is put in their places. */
type Changes = Readonly<Record<string, string>>;

/** Changes the plugin, which its tests notice, and then the tests. */
export async function changePlugin(shell: Shell, module: Changes, tests: Changes): Promise<void> {
  shell.change(MODULE, module);
  await shell.spider(["plugins", "test", "./hello"], { status: 1 });
  shell.say("\nThe tests expect what it did before. They follow:\n");
  shell.change(TESTS, tests);
  await shell.spider(["plugins", "check", "./hello"]);
  await shell.spider(["plugins", "test", "./hello"]);
}

/** Runs an experiment; the folder of its results. */
export async function runExperiment(
  shell: Shell,
  args: readonly string[],
  status = 0,
): Promise<string> {
  const { out } = await shell.spider(["experiment", "run", ...args], { status, says: REPORT });
  return REPORT.exec(out)![1]!;
}

/** The line that says where the report is. */
const REPORT = /^report: (.*)\/report\.html$/m;

/** The end of a lesson: where to read on. */
export function goOn(about: string): Step {
  return { title: "Go on", about, run() {} };
}
