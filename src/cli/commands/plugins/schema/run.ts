import { z } from "zod";
import type { Options } from "../../../../contract/option.ts";
import { Failure } from "../../../../host/failure.ts";
import { isKind, loadKind } from "../../../../plugin/kind/registry.ts";
import type { Located } from "../../../../plugin/locate.ts";
import { isAccepted, loadPlugin } from "../../../../plugin/read.ts";
import { optionsSchema, valuesSchema } from "../../../../plugin/schema/option.ts";
import { schemaFaults } from "../../../../plugin/form.ts";
import { sentence } from "../../../../plugin/fault.ts";
import type { PluginSettings } from "../../../../plugin/settings.ts";
import { findingOf } from "../../../plugin_options.ts";
import type { Context } from "../../../command.ts";
import type { SchemaInvocation } from "./options.ts";
import { UsageError } from "../../../../host/usage_error.ts";
import { located } from "../located.ts";
import { output } from "../../../output.ts";

/** Runs `spider plugins schema`. */
export async function run(
  { options, positionals }: SchemaInvocation,
  streams: Context,
): Promise<number> {
  const [word] = positionals;
  if ((word === undefined) === (options.kind === undefined)) {
    throw new UsageError("schema needs a PLUGIN, or --kind; see spider plugins schema --help");
  }
  const settings = findingOf(options, streams);
  const schema = word === undefined
    ? await ofKind(options.kind)
    : await ofOptions(await located(word, settings), settings, word);
  output(streams.stdout, true, schema, () => "");
  return 0;
}

async function ofKind(name: unknown): Promise<object> {
  if (!isKind(name)) throw new Error(`${name} is no kind`);
  const { schema, title } = await loadKind(name);
  return { title: `What ${title} declares`, ...z.toJSONSchema(schema, { unrepresentable: "any" }) };
}

async function ofOptions(where: Located, settings: PluginSettings, word: string): Promise<object> {
  if (where.from === "url" && !isAccepted(where.url, settings)) {
    throw new Failure(
      `${where.url} is not run, since it is not accepted; see spider plugins add --help`,
    );
  }
  const { plugin } = await loadPlugin(where, settings);
  const options = plugin.options ?? {};
  const faults = schemaFaults(optionsSchema, options, "options");
  if (faults.length > 0) {
    throw new Failure(`${word} has invalid options: ${faults.map(sentence).join("; ")}`);
  }
  const schema = z.toJSONSchema(valuesSchema(options as Options), { io: "input" });
  return { title: `Options of ${plugin.name}`, ...schema };
}
