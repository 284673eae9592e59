import type { Environment, PlacedCommand, Placing } from "../../contract/environment.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { EnvironmentTest } from "../../contract/plugin_test.ts";
import { Failure } from "../../host/failure.ts";
import { differences, type TestReport } from "./report.ts";

/** Where a wrapper writes to, and a service runs. */
const FOLDER = "/FOLDER";

/** Where a command is placed, as far as a test does not say. */
const PLACING: Omit<Placing, "options"> = {
  host: "server",
  namespace: "NAMESPACE",
  name: "NAME",
  folder: FOLDER,
  reads: [],
  image: null,
};

/** Plays a test of an environment: the words that come out, and the summary of files. */
export function playEnvironmentTest(
  environment: Environment,
  test: EnvironmentTest,
  options: OptionValues,
): TestReport {
  const { command = ["server", "--foreground"], variables = {} } = test;
  const { words } = changed(environment, { words: command, variables }, test, options);
  const said = words.join(" ");
  const faults = [
    ...(test.words ?? []).filter((word) => !words.includes(word))
      .map((word) => `${word} is none of the words ${said}`),
    ...(test.without ?? []).filter((word) => words.includes(word))
      .map((word) => `${word} is one of the words ${said}`),
    ...summaryFaults(environment, test),
  ];
  return { name: test.name, faults, conditions: null, flows: [] };
}

function changed(
  environment: Environment,
  command: PlacedCommand,
  { placing = {} }: EnvironmentTest,
  options: OptionValues,
): PlacedCommand {
  if (environment.type === "execution") {
    return environment.wrap({ ...command, service: command.words }, FOLDER, options);
  }
  return environment.place?.(command, { ...PLACING, ...placing, options }) ?? command;
}

function summaryFaults(
  environment: Environment,
  { files, summary }: EnvironmentTest,
): readonly string[] {
  if (files === undefined && summary === undefined) return [];
  if (environment.type === "network") {
    throw new Failure("an environment of the type network sums up no files: leave them out");
  }
  const found = environment.summarize?.({ folder: FOLDER, files: files ?? {} }) ?? {};
  const where = "the summary";
  return [
    ...differences(summary, found, where),
    ...Object.keys(found).filter((name) => !Object.hasOwn(summary ?? {}, name))
      .map((name) => `${where}: there is ${name}, which was not expected`),
  ];
}
