import { dirname } from "node:path";
import { Failure } from "../../../host/failure.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { InputStream } from "../../../host/streams.ts";
import { bundledExperiment, experimentNames } from "../../../lab/experiment/bundled.ts";
import type { ExperimentPlan } from "../../../lab/experiment/plan/experiment_plan.ts";
import { planExperiment } from "../../../lab/experiment/plan/plan_experiment.ts";
import type { PluginSettings } from "../../../plugin/settings.ts";
import { isPluginName } from "../../../plugin/source.ts";
import { textOf } from "../../file_text.ts";

/** The text of a file that describes an experiment. */
export interface ExperimentSource {
  readonly text: string;
  /** The file's name, for messages. */
  readonly file: string;
  /** The folder that paths in it begin in. */
  readonly folder: string;
}

/**
 * Reads the file of an experiment, standard input, or one that ships with the program.
 *
 * @throws {Failure} when it cannot be read
 */
export async function experimentSource(
  path: string,
  stdin: InputStream,
): Promise<ExperimentSource> {
  if (isPluginName(path)) {
    const text = await bundledExperiment(path);
    if (text !== undefined) return { text, file: `${path}.yaml`, folder: "." };
    throw new Failure(
      `no experiment ${path} ships with the program: there is ${experimentNames().join(", ")}; ` +
        `a file of that name is ./${path}`,
    );
  }
  const { text, name } = await textOf(path, stdin);
  return { text, file: name, folder: path === STANDARD ? "." : dirname(path) };
}

/** Which tests of an experiment, and in what. */
export interface ChosenTests {
  /** Names that those of its tests begin with; all when empty. */
  readonly only?: readonly string[];
  /** Names that those begin with that are left out. */
  readonly skip?: readonly string[];
  /** The network environment of all, in place of theirs. */
  readonly environment?: string | undefined;
}

/**
 * Plans an experiment.
 *
 * @throws {Failure} when something in it is wrong, or no test is chosen
 */
export async function plannedExperiment(
  { text, file, folder }: ExperimentSource,
  settings: PluginSettings,
  { only = [], skip = [], environment }: ChosenTests = {},
): Promise<ExperimentPlan> {
  const plan = await planExperiment(text, file, {
    settings,
    folder,
    instance: String(Deno.pid),
    environment,
    only,
    skip,
  });
  if (plan.groups.length > 0) return plan;
  throw new Failure(
    `no test of ${file} is left of what was asked for: see spider experiment list`,
  );
}
