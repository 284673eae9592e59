import { chains } from "../observe/chains.ts";
import { OWN_CONDITIONS } from "../measure/condition_names.ts";
import { quote } from "../target/quote.ts";
import { PLUGIN_KINDS } from "../contract/manifest.ts";
import { type BundledKind, bundledNames, loadBundled } from "./bundled.ts";
import type { KnownPlugin } from "./known_plugin.ts";

/** A word that stands for itself, and not for a value as a capital letter does. */
const WORD = /^[a-z][a-z0-9_-]*$/;

/** What the conditions of a plugin begin with, up to the first dot; in order, each once. */
export function conditionPrefixes({ data }: Pick<KnownPlugin, "data">): string[] {
  const { names } = Object(data.locate) as { names?: unknown };
  const all = [...Object.keys(Object(data.conditions)), ...(Array.isArray(names) ? names : [])];
  const texts = all.filter((name) => typeof name === "string");
  return [...new Set(texts.map((name) => name.split(".")[0]!))].sort();
}

/** Words that stand for what ships with the program: its spiders, chains, and all their conditions. */
async function shippedWords(): Promise<ReadonlySet<string>> {
  const names = bundledNames("spider");
  const spiders = await Promise.all(names.map((name) => loadBundled("spider", name)));
  return new Set([
    ...names,
    ...chains().map(({ name }) => name),
    ...conditionPrefixes({ data: { conditions: OWN_CONDITIONS } }),
    ...spiders.flatMap((spider) => conditionPrefixes({ data: { ...spider } })),
  ]);
}

/**
 * Why a plugin from elsewhere may not have its name or its conditions, in sentences without a full
 * stop: it would speak in the name of what ships with the program.
 */
export async function borrowedNames(known: KnownPlugin): Promise<string[]> {
  const { name, kind } = known.data;
  // A spider's conditions begin with its name, and a chain's fields are named as those of spiders
  const other = PLUGIN_KINDS.find((one) => one === kind && one !== "spider" && one !== "chain") as
    | Exclude<BundledKind, "spider">
    | undefined;
  const shipped = other === undefined ? await shippedWords() : new Set(bundledNames(other));
  const problems: string[] = [];
  if (typeof name === "string" && shipped.has(name)) {
    problems.push(`its name ${name} is taken by what ships with the program`);
  }
  for (const prefix of conditionPrefixes(known)) {
    if (shipped.has(prefix)) {
      problems.push(`its conditions ${prefix}.* are those of what ships with the program`);
    } else if (!WORD.test(prefix)) {
      problems.push(`its conditions begin with ${quote(prefix)}, which is no name`);
    }
  }
  return problems;
}
