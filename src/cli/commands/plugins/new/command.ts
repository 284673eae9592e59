import { PLUGIN_KINDS } from "../../../../contract/manifest.ts";
import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins new`: the declaration alone. */
export const newPlugin: Command<typeof options> = {
  name: "new",
  summary:
    "Make a folder with a new plugin, its tests, its README and the types it is written with",
  about: ["It passes its check and its tests as it is. Nothing that is there is overwritten."],
  positionals: [
    {
      name: "KIND",
      summary: `what to make: ${PLUGIN_KINDS.join(" or ")}`,
      choices: () => Promise.resolve(PLUGIN_KINDS),
    },
    { name: "NAME", summary: "what it is to be called" },
  ],
  options,
  examples: [
    { line: "spider plugins new spider strict", does: "Makes ./strict with a spider in it." },
  ],
  load: () => import("./run.ts"),
};
