import type { Options } from "../contract/option.ts";

/** For programs. */
export const jsonOption = {
  json: { type: "boolean", summary: "write JSON" },
} as const satisfies Options;
