import { group } from "./command.ts";
import { add } from "./plugins/add.ts";
import { check } from "./plugins/check.ts";
import { info } from "./plugins/info.ts";
import { list } from "./plugins/list.ts";
import { newPlugin } from "./plugins/new.ts";
import { remove } from "./plugins/remove.ts";
import { schema } from "./plugins/schema.ts";
import { test } from "./plugins/test.ts";
import { types } from "./plugins/types.ts";
import { update } from "./plugins/update.ts";

/** `spider plugins`: what is done with plugins, one file each. */
export const plugins = group({
  name: "plugins",
  summary: "See which plugins there are, and take in new ones",
  about: [
    "A plugin is named by its name, its file, its folder with a mod.ts, or its URL. Those that ship " +
    "with the program, lie in a plugin folder or were added from a URL have names.",
  ],
  commands: [list, info, add, remove, update, newPlugin, check, test, schema, types],
});
