import type { LocalPlugin } from "./local.ts";
import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import type { Description } from "./describe.ts";
import { type Known, spiderProblems } from "./manifest_check.ts";
import { sourceManifest } from "./manifest_source.ts";
import { parseProgram } from "./parse_module.ts";

/** Describes a plugin that lies on this host from its source. */
export function describeLocal({ name, path }: LocalPlugin): Description {
  let data: Readonly<Record<string, unknown>> = {};
  let broken: string | null = null;
  try {
    const { program } = parseProgram(sourceOf(path), path);
    const known = sourceManifest(program, path);
    data = known.data;
    broken = problem({ ...known, data: { name, ...data } }, name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    broken = error.message;
  }
  const text = (key: string) => {
    const value = data[key];
    return typeof value === "string" ? value.replaceAll(/\p{C}/gu, "?") : null;
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

function problem(known: Known, name: string): string | null {
  if (known.data.name !== name) return `it calls itself ${JSON.stringify(known.data.name)}`;
  // A chain says less of itself, and is checked when it is loaded
  if (known.data.kind === "chain") return null;
  const problems = spiderProblems(known);
  return problems.length === 0 ? null : problems.join("; ");
}

function sourceOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${fileError(error)}`, { cause: error });
  }
}
