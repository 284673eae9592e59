import { dirname, join } from "node:path/posix";

/** A file that the program opens when it runs, named in its source beside `import.meta.url`. */
const ASSET = /new URL\(\s*"(\.[^"]+)",\s*import\.meta\.url,?\s*\)/g;

/** The sources below some folders of a root, and the texts that they import, as paths from it. */
export function sources(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    [...Deno.readDirSync(`${root}/${folder}`)].flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) return sources(root, [path]);
      return /\.(ts|md|yaml)$/.test(path) ? [path] : [];
    })
  ).sort();
}

/** The files that a source opens when it runs, as paths from the root. */
export function assetsOf(path: string, text: string): string[] {
  return [...text.matchAll(ASSET)].map(([, found]) => join(dirname(path), found!));
}

/**
 * Rewrites a source for a bundle, whose files all lie in one folder: what it opens is found below
 * that folder, at the path it has from the root.
 */
export function moved(path: string, text: string, rename: (asset: string) => string): string {
  return text.replaceAll(ASSET, (_, found: string) => {
    const asset = rename(join(dirname(path), found));
    return `new URL(${JSON.stringify(`./${asset}`)}, import.meta.url)`;
  });
}
