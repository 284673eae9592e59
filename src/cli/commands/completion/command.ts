import type { Command } from "../../command.ts";
import { SHELLS } from "./options.ts";

/** `spider completion`: the declaration alone. */
export const completion: Command<Record<never, never>> = {
  name: "completion",
  section: "This program",
  summary: "Write a script that completes command lines in a shell",
  about: [
    "The script knows the commands, spiders, chains and options of this version: make it again " +
    "when a new one is installed.",
  ],
  positionals: [{
    name: "SHELL",
    summary: `the shell: ${SHELLS.join(", ")}`,
    choices: () => Promise.resolve(SHELLS),
  }],
  options: {},
  examples: [
    { line: "source <(spider completion bash)", does: "Completes in this bash." },
    {
      line: "spider completion bash > /etc/bash_completion.d/spider",
      does: "Completes in every bash of this host from now on.",
    },
    {
      line: "spider completion zsh > /usr/local/share/zsh/site-functions/_spider",
      does: "Completes in every zsh.",
    },
    {
      line: "spider completion fish > ~/.config/fish/completions/spider.fish",
      does: "Completes in fish.",
    },
  ],
  load: () => import("./run.ts"),
};
