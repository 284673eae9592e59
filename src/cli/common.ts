import type { Options } from "../contract/option.ts";

/** The options that every command has. */
export const common = {
  help: { type: "boolean", short: "h", summary: "print this help" },
} as const satisfies Options;
