import type { Options } from "../../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "../command.ts";
import { placeOptions } from "../plugin_options.ts";
import { jsonOption } from "./json_option.ts";

const options = { lock: placeOptions.lock, ...jsonOption } as const satisfies Options;

/** What `spider plugins remove` was asked for. */
export type RemoveInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider plugins remove`: the declaration alone. */
export const remove: Command<typeof options> = {
  name: "remove",
  summary: "Forget a plugin from a URL",
  positionals: [{ name: "PLUGIN", summary: "its name or URL" }],
  options,
  examples: [{ line: "spider plugins remove ecn_strict", does: "Forgets it, code and trust." }],
  load: () => import("../run/plugins/remove.ts"),
};
