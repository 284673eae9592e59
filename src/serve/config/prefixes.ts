import { type Prefix, readPrefix } from "../../target/prefix.ts";

/** The prefixes of texts that were checked with the configuration. */
export function prefixes(texts: readonly string[]): Prefix[] {
  return texts.map(readPrefix).filter((prefix) => typeof prefix !== "string");
}
