import { PLUGIN_KINDS } from "../../../../contract/manifest.ts";
import { Failure } from "../../../../host/failure.ts";
import { fileError } from "../../../../host/file_error.ts";
import { isKind, loadKind } from "../../../../plugin/kind/registry.ts";
import { isPluginName } from "../../../../plugin/source.ts";
import type { Context } from "../../../command.ts";
import type { NewInvocation } from "./options.ts";
import { UsageError } from "../../../../host/usage_error.ts";
import { unknownName } from "../../../usage.ts";
import { output } from "../../../output.ts";

/** Runs `spider plugins new`. */
export async function run(
  { options, positionals }: NewInvocation,
  { stdout }: Context,
): Promise<number> {
  const [kind = "", name = ""] = positionals;
  if (!isKind(kind)) {
    throw unknownName("kind", kind, PLUGIN_KINDS, `there is ${PLUGIN_KINDS.join(", ")}`);
  }
  if (!isPluginName(name)) {
    throw new UsageError(
      `${name} cannot be a plugin's name: use lower case letters, digits, dashes and underscores`,
    );
  }
  const folder = `${options.directory.replace(/(?<=.)\/+$/, "")}/${name}`;
  const files = await (await loadKind(kind)).scaffold(name);
  write(folder, files);
  output(stdout, options.json, { kind, name, folder, files: Object.keys(files) }, () =>
    [
      `Made ${folder} with ${Object.keys(files).join(", ")}.`,
      `Now: spider plugins check ${folder} && spider plugins test ${folder}`,
    ].join("\n"));
  return 0;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    Deno.mkdirSync(folder.slice(0, folder.lastIndexOf("/")) || "/", { recursive: true });
    // Not recursive: what is there already is not ours
    Deno.mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) {
      Deno.writeTextFileSync(`${folder}/${file}`, text, { createNew: true });
    }
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new Failure(`${folder} is there already, and is left as it is: take another name`);
    }
    throw new Failure(`${folder} cannot be made: ${fileError(error)}`, { cause: error });
  }
}
