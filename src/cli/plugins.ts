import { group } from "./command.ts";
import { add } from "./plugins/add.ts";
import { info } from "./plugins/info.ts";
import { list } from "./plugins/list.ts";
import { remove } from "./plugins/remove.ts";
import { update } from "./plugins/update.ts";

/** `spider plugins`: what is done with plugins, one file each. */
export const plugins = group({
  name: "plugins",
  summary: "See which plugins there are, and take in new ones",
  about: [
    "A plugin is named by its name, its file, its folder with a mod.ts, or its URL. Those that ship " +
    "with the program, lie in a plugin folder or were added from a URL have names.",
  ],
  commands: [list, info, add, remove, update],
});
