/** A file that is open for reading. */
export interface ServedFile {
  readonly isFolder: false;
  readonly path: string;
  readonly file: Deno.FsFile;
  readonly size: number;
  readonly changed: Date;
}

/** A folder without a file to show for it. */
interface ServedFolder {
  readonly isFolder: true;
  readonly path: string;
}

/**
 * What lies below a folder, by names one below the other; null where there is nothing, or it lies
 * elsewhere: a link may lead within the folder, and not out of it.
 *
 * @param root the folder, without links in its path
 * @param indexes names of files that are shown for a folder, the first that is there
 */
export async function fileIn(
  root: string,
  names: readonly string[],
  indexes: readonly string[],
): Promise<ServedFile | ServedFolder | null> {
  const inner = names.at(-1) === "" ? names.slice(0, -1) : names;
  if (inner.some((name) => !isName(name))) return null;
  const path = await real([root, ...inner].join("/"), root);
  if (path === null) return null;
  const opened = await open(path);
  if (opened !== "folder") return names.at(-1) === "" && opened !== null ? closed(opened) : opened;
  for (const index of indexes) {
    const below = isName(index) ? await real(`${path}/${index}`, root) : null;
    const file = below === null ? null : await open(below);
    if (file !== null && file !== "folder") return file;
  }
  return { isFolder: true, path };
}

/** A file is asked for as if it were a folder. */
function closed({ file }: ServedFile): null {
  file.close();
  return null;
}

/** Whether a part of a path is the name of something in a folder, which is not hidden. */
function isName(name: string): boolean {
  return name !== "" && !name.startsWith(".") && !/[/\\\0]/.test(name);
}

/** The path without links; null where there is nothing, or it is outside of the folder. */
async function real(path: string, root: string): Promise<string | null> {
  try {
    const found = await Deno.realPath(path);
    return found === root || found.startsWith(`${root === "/" ? "" : root}/`) ? found : null;
  } catch {
    return null; // there is none, or it may not be read: which of the two is nobody's affair
  }
}

/** Opens a file; `folder` for one, null for what is neither. */
async function open(path: string): Promise<ServedFile | "folder" | null> {
  // Not opened before it is known to be none: to open a pipe waits for its other end
  const { isFile, isDirectory } = await Deno.stat(path);
  if (isDirectory) return "folder";
  if (!isFile) return null;
  try {
    const file = await Deno.open(path);
    const { size, mtime } = await file.stat();
    return { isFolder: false, path, file, size, changed: mtime ?? new Date(0) };
  } catch {
    return null; // as above
  }
}
