import type { Options } from "../../../../contract/option.ts";
import { configOption } from "../options.ts";

/** Options that say which server a key is of. */
export const databaseOptions = {
  ...configOption,
  database: { type: "string", value: "FILE", summary: "the file of the server's database" },
} as const satisfies Options;
