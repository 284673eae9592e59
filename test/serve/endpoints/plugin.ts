import type { Folder } from "../../data/temporary.ts";

/** Writes an endpoint whose members are some code, which may have code before it; its path. */
export function endpointIn(folder: Folder, name: string, members: string, before = ""): string {
  const path = folder.at(`${name}.ts`);
  Deno.writeTextFileSync(
    path,
    `${before}
export default {
  kind: "endpoint",
  name: "${name}",
  version: "1.0.0",
  api: "^1",
  summary: "for tests",
  ${members}
};
`,
  );
  return path;
}
