import { Failure } from "../host/failure.ts";
import { type Prefix, readPrefix } from "./prefix.ts";

/**
 * The prefixes of a blocklist in zmap's form: a prefix or an address a line, with a comment from `#`
 * on.
 *
 * @param name its name in messages
 * @throws {Failure} for any other line: what it should block would not be blocked
 */
export function readBlocklist(text: string, name: string): Prefix[] {
  return text.replace(/^\uFEFF/, "").split("\n").flatMap((line, at) => {
    const entry = line.split("#")[0]!.trim();
    if (entry === "") return [];
    const prefix = readPrefix(entry);
    if (typeof prefix !== "string") return [prefix];
    throw new Failure(
      `${name}, line ${at + 1}: ${prefix}: correct the line, or what it means is let through`,
    );
  });
}
