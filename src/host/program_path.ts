import { isFile } from "./file_kind.ts";

/** Where programs of the system lie that are not always on the path of who is not root. */
const FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Where a program is; null when there is none of that name. */
export function programPath(name: string): string | null {
  const folders = [...Deno.env.get("PATH")?.split(":") ?? [], ...FOLDERS];
  return folders.map((folder) => `${folder}/${name}`).find(isFile) ?? null;
}
