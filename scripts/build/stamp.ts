import { encodeHex } from "@std/encoding/hex";

/** The files below a folder whose names end so, in order. */
export async function filesBelow(folder: URL, endings: readonly string[]): Promise<URL[]> {
  const files: URL[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const { name, isDirectory } = entry;
    if (isDirectory) files.push(...await filesBelow(new URL(`${name}/`, folder), endings));
    else if (endings.some((ending) => name.endsWith(ending))) files.push(new URL(name, folder));
  }
  return files.sort((a, b) => a.href < b.href ? -1 : 1);
}

/** A hash of files, with their names from a folder, and of what else is built from. */
export async function hashOf(
  folder: URL,
  files: readonly URL[],
  more: readonly string[],
): Promise<string> {
  const encoder = new TextEncoder();
  const parts = more.map((text) => encoder.encode(`${text}\n`));
  for (const file of files) {
    parts.push(encoder.encode(`${file.href.slice(folder.href.length)}\n`));
    parts.push(await Deno.readFile(file));
  }
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).bytes());
  return encodeHex(new Uint8Array(digest));
}

/** Whether files are there, and a stamp beside them says that they were built from what has this hash. */
export async function isBuilt(
  stamp: URL,
  wanted: string,
  files: readonly URL[],
): Promise<boolean> {
  try {
    for (const file of files) await Deno.stat(file);
    return await Deno.readTextFile(stamp) === wanted;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
