/**
 * Runs command lines of the program, one after the other, as long as there are some: `ResidentTask`s
 * come as lines of JSON on standard input, and the outcome of each goes to standard output.
 */
import { inProcess } from "./in_process.ts";
import type { ResidentTask } from "./resident.ts";

/** Gives this process the environment of another one. */
function takeEnvironment(env: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(Deno.env.toObject())) {
    if (!(name in env)) Deno.env.delete(name);
  }
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
}

let left = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (left + text).split("\n");
  left = lines.pop()!;
  for (const line of lines) {
    const { args, input, env }: ResidentTask = JSON.parse(line);
    takeEnvironment(env);
    const ended = await inProcess(args, { input });
    console.log(JSON.stringify(ended));
  }
}
