import { sourceManifest } from "./manifest_source.ts";
import { parseModule } from "./parse_module.ts";

/** The kind that a plugin's source names; null when it cannot be told without running it. */
export function kindOf(path: string): string | null {
  try {
    const { program } = parseModule(Deno.readTextFileSync(path), path);
    const { kind } = sourceManifest(program, path).data;
    return typeof kind === "string" ? kind : null;
  } catch {
    return null; // broken ones are told when they are loaded
  }
}
