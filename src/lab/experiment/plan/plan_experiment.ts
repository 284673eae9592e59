import { FileFaults, readYaml } from "../../file/yaml.ts";
import type { PluginSettings } from "../../../plugin/settings.ts";
import { Faults } from "../../topology/faults.ts";
import { experimentFile } from "../file/experiment_file.ts";
import type { ExperimentPlan, GroupPlan } from "./experiment_plan.ts";
import { planObservers } from "./observers.ts";
import { planTest } from "./test_planner.ts";

/** How an experiment is planned. */
export interface ExperimentOptions {
  /** Where plugins are looked for, and which may run; the usual places, and nothing new, when missing. */
  readonly settings?: PluginSettings | undefined;
  /** The folder that paths in the file begin in; the current one when missing. */
  readonly folder?: string;
  /** What tells its networks from those of another run on this machine; nothing when missing. */
  readonly instance?: string;
  /** The network environment of all tests, in place of those that they name. */
  readonly environment?: string | undefined;
  /** Only tests whose names begin with one of these; all when empty or missing. */
  readonly only?: readonly string[];
  /** No tests whose names begin with one of these. */
  readonly skip?: readonly string[];
}

/**
 * Plans an experiment: everything is checked, nothing of the machine is touched.
 *
 * @param text the file's text
 * @param file its name, for messages
 * @throws {FileFaults} with everything that is wrong, each with its place
 */
export async function planExperiment(
  text: string,
  file: string,
  { settings, folder = ".", instance, environment, only = [], skip = [] }: ExperimentOptions = {},
): Promise<ExperimentPlan> {
  const read = readYaml(text, file, experimentFile);
  const experiment = read.value;
  const faults = new Faults(read);
  const groups: GroupPlan[] = [];
  const names = new Set<string>();
  const begins = (id: string, all: readonly string[]) => all.some((begin) => id.startsWith(begin));
  const isChosen = (id: string) => (only.length === 0 || begins(id, only)) && !begins(id, skip);
  for (const [at, test] of experiment.tests.entries()) {
    if (names.has(test.name)) {
      faults.add(["tests", at, "name"], `there is a test ${test.name} already`);
    }
    names.add(test.name);
    const context = {
      seed: experiment.seed,
      settings,
      folder,
      first: groups.length + 1,
      isChosen,
      suffix: instance === undefined ? "" : `-${instance}`,
    };
    const told = environment === undefined ? test : {
      ...test,
      network_environment: { ...test.network_environment, type: environment },
    };
    groups.push(...await planTest(experiment.name, told, ["tests", at], context, faults));
  }
  const observers = await planObservers(experiment.observers, { settings, folder }, faults);
  if (faults.all.length > 0) throw new FileFaults(file, withoutRepeats(faults.all));
  return { file: experiment, groups, observers };
}

/** A fault of a test is found at each place of its matrix. */
function withoutRepeats<T extends { readonly line: number; readonly column: number; text: string }>(
  faults: readonly T[],
): T[] {
  const key = ({ line, column, text }: T) => `${line}:${column}:${text}`;
  return [...new Map(faults.map((fault) => [key(fault), fault])).values()];
}
