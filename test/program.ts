/** Whether there is a program of that name on the path. */
export function isInstalled(program: string): boolean {
  const path = Deno.env.get("PATH")?.split(":") ?? [];
  return path.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}
