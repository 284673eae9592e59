/** The source files of the project, and what they import. */

export const ROOT = new URL("../", import.meta.url);

/** Source files by URL, and the files that each imports; types and what is loaded later count. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Every TypeScript file in folders of the project, `src/` for one. */
export function sourcesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) => filesIn(new URL(folder, ROOT), ".ts"));
}

/** What files import, as their text says. */
export function importsOf(files: readonly string[]): Imports {
  return new Map(files.map((file) => {
    // Examples in comments import nothing
    const text = Deno.readTextFileSync(new URL(file)).replaceAll(/^ *\*.*$/gm, "");
    const named = text.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*"(\.[^"]+)"/g);
    return [file, [...named].map(([, path]) => new URL(path!, file).href)];
  }));
}

/** The URLs of files below a folder whose names end so. */
export function filesIn(folder: URL, ending: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    if (entry.isDirectory) return filesIn(new URL(`${entry.name}/`, folder), ending);
    return entry.name.endsWith(ending) ? [new URL(entry.name, folder).href] : [];
  });
}
