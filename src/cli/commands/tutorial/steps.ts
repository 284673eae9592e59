import type { PluginKind } from "../../../contract/manifest.ts";
import type { Step } from "./lesson.ts";
import type { Shell } from "./shell.ts";

/** Makes a plugin of a kind in a folder of its name, and shows it. */
export function writePlugin(kind: PluginKind, name: string, about: string): Step {
  return {
    title: `Write ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`,
    about: `${about} One command makes a folder with one in it.`,
    async run(shell) {
      await shell.spider(["plugins", "new", kind, name]);
      shell.say();
      shell.show(`${name}/mod.ts`);
    },
  };
}

/** Checks a plugin, and plays its tests. */
export function checkAndTest(name: string): Step {
  return {
    title: "Check it and test it",
    about:
      "The check says all that is wrong, each fault with its line. Tests are data: what goes " +
      "in, and what must come out. They are played without root and without a network.",
    async run(shell) {
      await shell.spider(["plugins", "check", `./${name}`]);
      shell.say();
      shell.show(`${name}/tests.ts`);
      shell.say();
      await shell.spider(["plugins", "test", `./${name}`]);
    },
  };
}

/** Texts of a file, and what is put in their places. */
type Changes = Readonly<Record<string, string>>;

/** Changes a plugin, which its tests notice, and then its tests. */
export async function changePlugin(
  shell: Shell,
  name: string,
  { module, tests }: { readonly module: Changes; readonly tests: Changes },
): Promise<void> {
  shell.change(`${name}/mod.ts`, module);
  await shell.spider(["plugins", "test", `./${name}`], { status: 1 });
  shell.say("\nThe tests expect what it did before. They follow:\n");
  shell.change(`${name}/tests.ts`, tests);
  await shell.spider(["plugins", "check", `./${name}`]);
  await shell.spider(["plugins", "test", `./${name}`]);
}

/** Writes an experiment into a file, and runs it. */
export async function putAndRun(
  shell: Shell,
  file: string,
  experiment: string,
  more: readonly string[] = [],
): Promise<void> {
  shell.put(file, experiment);
  shell.say();
  await runExperiment(shell, [file, ...more]);
}

/** Runs an experiment, all of whose expectations are met. */
export async function runExperiment(shell: Shell, args: readonly string[]): Promise<void> {
  await shell.spider(["experiment", "run", ...args], { says: /came out as expected/ });
}

/** The end of a lesson: where to read on. */
export function goOn(about: string): Step {
  return { title: "Go on", about, run() {} };
}
