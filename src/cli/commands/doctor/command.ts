import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider doctor`: the declaration alone. */
export const doctor: Command<typeof options> = {
  name: "doctor",
  section: "This program",
  summary: "Say whether this host can measure; clean up after a killed run",
  about: [
    "Looks at privileges, libraries, the interface, the kernel's settings and limits, and what runs " +
    "that were killed left changed. Looking changes nothing. The status is 1 when something would " +
    "keep a measurement from running.",
  ],
  positionals: [],
  options,
  examples: [
    { line: "spider doctor", does: "Names what is there, what is missing, and what to do." },
    { line: "spider doctor --restore", does: "Cleans up after a run that was killed." },
    { line: "spider doctor -i eth1 --json", does: "Tells a script about another interface." },
  ],
  load: () => import("./run.ts"),
};
