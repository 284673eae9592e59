import { assetsOf, sources } from "./assets.ts";
import { PERMISSIONS } from "./permissions.ts";
import { CompileError, output } from "./run.ts";
import type { Machine } from "./target.ts";

/**
 * Why `deno compile` cannot make a program here; null when it can. An empty program shows it: the
 * base may come from DENORT_BIN, from Deno's cache, or from where Deno fetches it to that cache.
 *
 * @throws {CompileError} when DENORT_BIN is set and does not work
 */
export function missingBase(target: Machine, scratch: string): string | null {
  Deno.writeTextFileSync(`${scratch}/empty.js`, "");
  try {
    const line = ["compile", "--quiet", "--no-config", "--target", target.triple];
    output([Deno.execPath(), ...line, "--output", "empty", "empty.js"], scratch);
    return null;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (Deno.env.get("DENORT_BIN")) {
      throw new CompileError(`DENORT_BIN is set and cannot be used: ${error.message}`);
    }
    // Its last line of causes is the plainest, behind its number
    const causes = [...error.message.matchAll(/^ +\d+: (.+)$/gm)].map((found) => found[1]!);
    return (causes.find((cause) => cause.includes("url")) ?? causes[0] ?? error.message)
      .replace(/: client error.*/, "");
  }
}

/** Makes the program with `deno compile`, what it opens embedded. */
export function compile(root: string, target: Machine, path: string): void {
  const assets = sources(root, ["src", "plugins"]).flatMap((source) =>
    assetsOf(source, Deno.readTextFileSync(`${root}/${source}`))
  );
  output([
    ...[Deno.execPath(), "compile", "--quiet", "--no-check", "--cached-only", "--no-prompt"],
    ...PERMISSIONS,
    ...assets.flatMap((asset) => ["--include", asset]),
    ...["--target", target.triple, "--output", path, "src/main.ts"],
  ], root);
}
