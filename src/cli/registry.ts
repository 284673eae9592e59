import { type Command, type CommandTable, SECTIONS } from "./command.ts";
import { COMMANDS } from "./commands.ts";

/** Every command; what is not asked for is not loaded. */
export const commands: CommandTable = {
  async named(name) {
    return Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]!() : undefined;
  },
  all: allCommands,
};

/** Every command, in the order of help: by section, and in each by name. */
export async function allCommands(): Promise<readonly Command[]> {
  const all = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return SECTIONS.flatMap((section) =>
    all.filter((command) => command.section === section)
      .sort((a, b) => a.name < b.name ? -1 : 1)
  );
}
