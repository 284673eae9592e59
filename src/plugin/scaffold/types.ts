import { API_VERSION } from "../../contract/manifest.ts";
import { VERSION } from "../../version.ts";
import { contractTypes } from "./contract_types.ts";

/** Name of the file of types beside a plugin. */
export const TYPES_FILE = "spider.d.ts";

/** The file of types for authors: it is never loaded, since types are erased. */
export function typesFile(): string {
  return [
    `// The contract ${API_VERSION} between spider ${VERSION} and its plugins: types alone.`,
    "// Written by `spider plugins types`. Regenerate it after an update; do not edit it.",
    "",
    contractTypes(),
  ].join("\n");
}
