import { PLUGIN_KINDS } from "../contract/manifest.ts";
import type { LocalPlugin } from "./local.ts";
import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { cleaned, quote } from "../target/quote.ts";
import type { Description } from "./description.ts";
import { sentence } from "./fault.ts";
import { formFaults, type KnownPlugin } from "./form.ts";
import { loadKind } from "./kind/registry.ts";
import { kindOf } from "./read.ts";
import { sourceManifest } from "./manifest_source.ts";
import { parseProgram } from "./parse_module.ts";

/** Describes a plugin on this host from its source. */
export async function describeLocal({ name, path }: LocalPlugin): Promise<Description> {
  let data: Readonly<Record<string, unknown>> = {};
  let broken: string | null = null;
  try {
    const { program } = parseProgram(sourceOf(path), path);
    const known = sourceManifest(program, path);
    data = known.data;
    broken = await problem({ ...known, data: { name, ...data } }, name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    broken = error.message;
  }
  const text = (key: string) => {
    const value = data[key];
    return typeof value === "string" ? cleaned(value) : null;
  };
  return {
    name,
    kind: text("kind"),
    version: text("version"),
    summary: text("summary"),
    from: "folder",
    place: path,
    broken,
  };
}

async function problem(known: KnownPlugin, name: string): Promise<string | null> {
  if (known.data.name !== name) return `it calls itself ${quote(known.data.name)}`;
  const kind = kindOf(known.data);
  if (kind === null) {
    return `its kind is ${quote(known.data.kind)}, and there is ${PLUGIN_KINDS.join(", ")}`;
  }
  const faults = formFaults(known, await loadKind(kind));
  return faults.length === 0 ? null : faults.map(sentence).join("; ");
}

function sourceOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${fileError(error)}`, { cause: error });
  }
}
