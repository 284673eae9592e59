import config from "../deno.json" with { type: "json" };

/** The program's version; `deno.json` is the only place that has it. */
export const VERSION: string = config.version;
