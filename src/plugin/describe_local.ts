import { PLUGIN_KINDS } from "../contract/manifest.ts";
import type { LocalPlugin } from "./local.ts";
import { Failure } from "../host/failure.ts";
import { cleaned, quote } from "../target/quote.ts";
import type { Description } from "./description.ts";
import { sentence } from "./fault.ts";
import { formFaults } from "./form.ts";
import type { KnownPlugin } from "./known_plugin.ts";
import { kindOf, loadKind } from "./kind/registry.ts";
import { localManifest, type SourceReader } from "./reading/reader.ts";

/**
 * Describes a plugin on this host from its source. In a folder of plugins it must be called as its file
 * is, by which it is found there.
 */
export async function describeLocal(
  { name, path }: LocalPlugin,
  reader: SourceReader,
  inFolder = true,
): Promise<Description> {
  let data: Readonly<Record<string, unknown>> = {};
  let broken: string | null = null;
  try {
    const known = await localManifest(path, reader);
    data = known.data;
    broken = await problem({ ...known, data: { name, ...data } }, inFolder ? name : null);
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
    // A chain need not name its kind
    kind: Object.keys(data).length === 0 ? null : kindOf(data) ?? text("kind"),
    version: text("version"),
    summary: text("summary"),
    from: "folder",
    place: path,
    broken,
  };
}

async function problem(known: KnownPlugin, name: string | null): Promise<string | null> {
  if (name !== null && known.data.name !== name) return `it calls itself ${quote(known.data.name)}`;
  const kind = kindOf(known.data);
  if (kind === null) {
    return `its kind is ${quote(known.data.kind)}, and there is ${PLUGIN_KINDS.join(", ")}`;
  }
  const faults = formFaults(known, await loadKind(kind));
  return faults.length === 0 ? null : faults.map(sentence).join("; ");
}
