import { bundledExperiment, experimentNames } from "../../../../lab/experiment/bundled.ts";
import { experimentFile } from "../../../../lab/experiment/file/experiment_file.ts";
import { readYaml } from "../../../../lab/file/yaml.ts";
import { USUAL } from "../../../../plugin/settings.ts";
import type { Context, Invocation, ValuesOf } from "../../../command.ts";
import type { jsonOption } from "../../../json_option.ts";
import { output } from "../../../output.ts";
import { tableLines } from "../../../terminal/table.ts";
import { experimentSource, plannedExperiment } from "../experiment_source.ts";

/** Runs `spider experiment list`. */
export async function run(
  { options, positionals: [path] }: Invocation<ValuesOf<typeof jsonOption>>,
  streams: Context,
): Promise<number> {
  const rows = path === undefined ? await bundled() : await testsOf(path, streams);
  output(
    streams.stdout,
    options.json,
    rows,
    () => tableLines([{}, {}], rows.map(({ name, about }) => [name, about])).join("\n"),
  );
  return 0;
}

interface Row {
  readonly name: string;
  readonly about: string;
}

async function bundled(): Promise<Row[]> {
  return await Promise.all(
    experimentNames().map(async (name) => {
      const text = (await bundledExperiment(name))!;
      const { value: { description = "" } } = readYaml(text, `${name}.yaml`, experimentFile);
      return { name, about: description };
    }),
  );
}

async function testsOf(path: string, streams: Context): Promise<Row[]> {
  const { groups } = await plannedExperiment(await experimentSource(path, streams.stdin), USUAL);
  return groups.flatMap(({ cells, services, testers }) =>
    cells.map(({ id }) => ({
      name: id,
      about: [...testers, ...services].map(({ name }) => name).join(" "),
    }))
  );
}
