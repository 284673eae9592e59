import { UsageError } from "../../../host/usage_error.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { output } from "../../output.ts";
import { tableLines } from "../../terminal/table.ts";
import { wrap } from "../../terminal/wrap.ts";
import type { Lesson } from "./lesson.ts";
import { LESSON_NAMES, loadLesson } from "./lessons.ts";
import type { TutorialInvocation } from "./options.ts";
import { Shell } from "./shell.ts";
import { Workplace } from "./workplace.ts";

/** Characters in a line of what steps are about. */
const WIDTH = 80;

/** Runs `spider tutorial`. */
export async function run({ options }: TutorialInvocation, streams: Context): Promise<number> {
  if (options.list) return await list(options.json, streams);
  if (options.json) throw new UsageError("--json goes with --list");
  const lesson = await loadLesson(options.lesson);
  const place = new Workplace(options.directory);
  // The folder goes last: what is ended before may still write to it
  using stack = new DisposableStack();
  stack.use(place);
  using interruption = new Interruption(() => {
    shell.interrupt();
    stack.dispose();
  }, { patience: 0 });
  const { signal } = interruption;
  const shell = new Shell(place, !options["non-interactive"], streams, signal);
  stack.use(shell.stack);
  try {
    await teach(lesson, `spider tutorial --lesson ${options.lesson}`, shell);
    return 0;
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    throw error;
  }
}

/** @param command that begins the lesson */
async function teach({ title, steps }: Lesson, command: string, shell: Shell): Promise<void> {
  shell.say(`${title}, in ${shell.folder}.`);
  for (const [at, { title, about, needs = [], run }] of steps.entries()) {
    await shell.pause();
    shell.say(`\n${at + 1}. ${title}\n\n${wrap(about, WIDTH).join("\n")}\n`);
    const missing = needs.find((need) => !need.isThere());
    if (missing === undefined) await run(shell);
    else shell.say(missing.otherwise(command));
  }
}

async function list(json: boolean, { stdout }: Context): Promise<number> {
  const rows = await Promise.all(LESSON_NAMES.map(async (name) => {
    const { about } = await loadLesson(name);
    return { name, about };
  }));
  output(
    stdout,
    json,
    rows,
    () => tableLines([{}, {}], rows.map(({ name, about }) => [name, about])).join("\n"),
  );
  return 0;
}
