import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider lab export`: the declaration alone. */
export const exportLab: Command<typeof options> = {
  name: "export",
  summary: "Write the lab that a file describes as a shell script, or as a compose file",
  about: [
    "The script has the commands of ip, nft, tc and iptables that build it, and those that remove it. " +
    "What takes spider's own program (see spider help labs) cannot be written so: the script then " +
    "ends with a sentence that says what is missing.",
  ],
  positionals: [{ name: "FILE", summary: "a description in YAML, or - for standard input" }],
  options,
  examples: [
    { line: "spider lab export study.yaml > study.sh", does: "sh study.sh up builds it." },
    {
      line: "spider lab export --format compose study.yaml > compose.yaml",
      does: "Makes a container of each host and router.",
    },
  ],
  load: () => import("./run.ts"),
};
