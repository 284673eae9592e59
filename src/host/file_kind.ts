/** Whether a path names a file, through links. What may not be looked at is none. */
export function isFile(path: string): boolean {
  return kindOf(path)?.isFile ?? false;
}

/** Whether a path names a folder, through links. What may not be looked at is none. */
export function isFolder(path: string): boolean {
  return kindOf(path)?.isDirectory ?? false;
}

function kindOf(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch {
    return null;
  }
}
