import { resolve } from "node:path";
import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import type { TutorialInvocation } from "./options.ts";
import { Shell } from "./shell.ts";
import { STEPS } from "./steps.ts";

/** Runs `spider tutorial`. */
export async function run({ options }: TutorialInvocation, streams: Context): Promise<number> {
  const folder = new Workplace(options.directory);
  const shell = new Shell(folder.path, !options["non-interactive"], streams);
  using stack = shell.stack;
  stack.use(folder);
  using _ = new Interruption(() => stack.dispose(), {
    first: () => {
      stack.dispose();
      Deno.exit(INTERRUPTED);
    },
    patience: 0,
  });
  shell.say(`A plugin, from nothing to a run, in ${folder.path}.`);
  for (const [at, { title, about, run }] of STEPS.entries()) {
    await shell.pause();
    shell.say(`\n${at + 1}. ${title}\n\n${about}\n`);
    await run(shell);
  }
  return 0;
}

/** Where it works: a folder that was named and is kept, or one that is gone afterwards. */
class Workplace implements Disposable {
  readonly path: string;
  readonly #kept: boolean;

  constructor(named: string | undefined) {
    this.#kept = named !== undefined;
    this.path = named === undefined
      ? Deno.makeTempDirSync({ prefix: "spider-tutorial-" })
      : made(named);
  }

  [Symbol.dispose](): void {
    if (!this.#kept) Deno.removeSync(this.path, { recursive: true });
  }
}

function made(named: string): string {
  try {
    Deno.mkdirSync(named, { recursive: true });
    if ([...Deno.readDirSync(named)].length === 0) return resolve(named);
  } catch (error) {
    throw new Failure(`${named} cannot be used: ${fileError(error)}`, { cause: error });
  }
  throw new Failure(`${named} is not empty, and is left as it is: name a new folder`);
}
