import { writeText } from "../../../result/write_whole.ts";
import { type CompletionInvocation, SHELLS } from "./options.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { type Grammar, grammar } from "./grammar.ts";
import { zshScript } from "./zsh.ts";
import type { Context } from "../../command.ts";
import { unknownName } from "../../usage.ts";

const SCRIPTS: Readonly<Record<typeof SHELLS[number], (grammar: Grammar) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Runs `spider completion`. */
export async function run(
  { positionals }: CompletionInvocation,
  { commands, topics, stdout }: Context,
): Promise<number> {
  const shell = SHELLS.find((name) => name === positionals[0]);
  if (shell === undefined) {
    throw unknownName("shell", positionals[0]!, SHELLS, `there is ${SHELLS.join(", ")}`);
  }
  writeText(stdout, SCRIPTS[shell](await grammar(await commands.all(), topics)));
  return 0;
}
