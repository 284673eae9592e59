import { type Command, SECTIONS } from "./command.ts";
import * as all from "./commands.ts";

/** Every command, in the order of help: by section, and in each by name. */
export const commands: readonly Command[] = SECTIONS.flatMap((section) =>
  Object.values<Command>(all)
    .filter((command) => command.section === section)
    .sort((a, b) => a.name < b.name ? -1 : 1)
);
