import { group } from "../../command.ts";
import { add } from "./add/command.ts";
import { check } from "./check/command.ts";
import { info } from "./info/command.ts";
import { list } from "./list/command.ts";
import { newPlugin } from "./new/command.ts";
import { remove } from "./remove/command.ts";
import { schema } from "./schema/command.ts";
import { test } from "./test/command.ts";
import { types } from "./types/command.ts";
import { update } from "./update/command.ts";

/** `spider plugins`: what is done with plugins, one file each. */
export const plugins = group({
  name: "plugins",
  section: "This program",
  summary: "See which plugins there are, and take in new ones",
  about: [
    "A plugin is named by its name, its file, its folder with a mod.ts, or its URL. Those that ship " +
    "with the program, lie in a plugin folder or were added from a URL have names.",
    "spider help authoring is the guide for authors, and spider help trust says what confines plugins " +
    "from elsewhere.",
  ],
  commands: [list, info, add, remove, update, newPlugin, check, test, schema, types],
});
