/** Whether a path names a file, through links. False when it is not accessible. */
export function isFile(path: string): boolean {
  return kindOf(path)?.isFile ?? false;
}

/** Whether a path names a folder, through links. False when it is not accessible. */
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
