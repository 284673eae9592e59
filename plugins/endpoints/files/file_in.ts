import { Beneath } from "../../../src/mod.ts";

/**
 * What lies below a folder, by names one below the other; null where there is nothing, or it lies
 * elsewhere: a link may lead within the folder, and not out of it. A file that is shown for a folder comes
 * in its place.
 *
 * @param root the folder, without links in its path
 * @param indexes names of files that are shown for a folder, the first that is there
 */
export function fileIn(
  root: string,
  names: readonly string[],
  indexes: readonly string[],
): Beneath | null {
  const isAsFolder = names.at(-1) === "";
  const inner = isAsFolder ? names.slice(0, -1) : names;
  if (inner.some((name) => !isName(name))) return null;
  const path = [root, ...inner].join("/");
  const found = Beneath.open(root, path);
  if (found === null) return null;
  if (!found.status.isDirectory) {
    if (!isAsFolder) return found;
    found.close();
    return null;
  }
  for (const index of indexes) {
    const shown = isName(index) ? Beneath.open(root, `${path}/${index}`) : null;
    if (shown?.status.isFile) {
      found.close();
      return shown;
    }
    shown?.close();
  }
  return found;
}

/** Whether a part of a path is the name of something in a folder, which is not hidden. */
function isName(name: string): boolean {
  return name !== "" && !name.startsWith(".") && !/[/\\\0]/.test(name);
}
