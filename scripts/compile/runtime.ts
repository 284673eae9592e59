import { CompileError, output } from "./run.ts";
import { isFor, type Machine } from "./target.ts";

/**
 * The `deno` program for a machine, of the version that runs this: the running one where that fits,
 * else the one from its npm package, whose integrity npm checks.
 *
 * @param given a file to take instead
 * @param scratch a folder for what is fetched
 */
export function denoFor(target: Machine, given: string | undefined, scratch: string): Uint8Array {
  if (given !== undefined) return read(given, target);
  const running = Deno.readFileSync(Deno.execPath());
  return isFor(target, running) ? running : read(fetched(target, scratch), target);
}

function read(path: string, target: Machine): Uint8Array {
  let file: Uint8Array;
  try {
    file = Deno.readFileSync(path);
  } catch (error) {
    throw new CompileError(`cannot read ${path}: ${(error as Error).message}`);
  }
  if (isFor(target, file)) return file;
  throw new CompileError(`${path} is not a program for ${target.name}`);
}

function fetched(target: Machine, scratch: string): string {
  const wanted = `${target.deno}@${Deno.version.deno}`;
  try {
    const [name = ""] = output(["npm", "pack", "--loglevel=error", wanted], scratch).trim().split(
      "\n",
    );
    output(["tar", "-xzf", name, "package/deno"], scratch);
  } catch (error) {
    const said = (error as Error).message.split("\n").find((line) =>
      /notarget|errno|ENO/.test(line)
    );
    throw new CompileError(
      `npm cannot fetch ${wanted}, which is Deno for ${target.name} (${
        said ?? (error as Error).message
      }): give that program with --deno FILE`,
    );
  }
  return `${scratch}/package/deno`;
}
