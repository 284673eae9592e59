import type { Options } from "../../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "../command.ts";
import { placeOptions } from "../plugin_options.ts";
import { jsonOption } from "./json_option.ts";

const options = { ...placeOptions, ...jsonOption } as const satisfies Options;

/** What `spider plugins list` was asked for. */
export type ListInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider plugins list`: the declaration alone. */
export const list: Command<typeof options> = {
  name: "list",
  summary: "List the plugins that can be named; broken ones with the reason",
  positionals: [],
  options,
  examples: [{ line: "spider plugins list", does: "Lists every plugin with its place." }],
  load: () => import("../run/plugins/list.ts"),
};
