import { basename } from "node:path";
import { newExperiment } from "../../../../lab/experiment/file/new_experiment.ts";
import { Failure } from "../../../../host/failure.ts";
import { fileError } from "../../../../host/file_error.ts";
import type { Context, Invocation } from "../../../command.ts";
import { teller } from "../../../terminal/tell.ts";

/** Runs `spider experiment new`. */
export function run(
  { positionals: [path = ""] }: Invocation<Record<never, never>>,
  streams: Context,
): Promise<number> {
  const text = newExperiment(basename(path).replace(/\.[^.]*$/, ""));
  try {
    Deno.writeTextFileSync(path, text, { createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new Failure(`${path} is there already: take another name`);
    }
    throw new Failure(`${path} cannot be written: ${fileError(error)}`, { cause: error });
  }
  teller(streams.stderr)(`Wrote ${path}: spider experiment run ${path} runs it.`);
  return Promise.resolve(0);
}
