import type { Options } from "../../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "../command.ts";
import { placeOptions, trustOption } from "../plugin_options.ts";
import { jsonOption } from "./json_option.ts";

const options = {
  lock: placeOptions.lock,
  ...trustOption,
  ...jsonOption,
} as const satisfies Options;

/** What `spider plugins update` was asked for. */
export type UpdateInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider plugins update`: the declaration alone. */
export const update: Command<typeof options> = {
  name: "update",
  summary: "Fetch plugins from URLs again, and accept what has changed",
  positionals: [{
    name: "PLUGIN",
    summary: "their names or URLs; all when none is named",
    optional: true,
    repeated: true,
  }],
  options,
  examples: [
    {
      line: "spider plugins update",
      does: "Looks at all of them, and asks where one has changed.",
    },
  ],
  load: () => import("../run/plugins/update.ts"),
};
