import { parse, TomlError } from "smol-toml";
import type { z } from "zod";
import {
  checkedFile,
  FileFaults,
  type FilePosition,
  type ReadFile,
  type ValuePath,
} from "../../lab/file/yaml.ts";

const TABLE = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?/;
const KEY = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=/;

/**
 * Reads TOML and checks it against a schema.
 *
 * @param name the file's name, for messages
 * @throws {FileFaults} with everything that is wrong
 */
export function readToml<S extends z.ZodType>(
  text: string,
  name: string,
  schema: S,
): ReadFile<z.output<S>> {
  let value: unknown;
  try {
    value = withoutPrototypes(parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ""] = error.message.split("\n");
    throw new FileFaults(name, [{
      line: error.line,
      column: error.column,
      text: message.replace(/^Invalid TOML document: /, ""),
    }]);
  }
  return checkedFile(value, name, schema, places(text));
}

/** Where values stand: at the line of their key, of its table, or at the beginning. */
function places(text: string): (path: ValuePath) => FilePosition {
  const lines = new Map<string, number>();
  let table: readonly string[] = [];
  text.split("\n").forEach((line, at) => {
    const [, header] = TABLE.exec(line) ?? [];
    const [, key] = KEY.exec(line) ?? [];
    if (header !== undefined) table = words(header);
    else if (key === undefined) return;
    const path = key === undefined ? table : [...table, ...words(key)];
    for (let length = 1; length <= path.length; length++) {
      const place = JSON.stringify(path.slice(0, length));
      if (!lines.has(place)) lines.set(place, at + 1);
    }
  });
  return (path) => {
    // Numbers are places in arrays, which share the line of their key
    const names = path.filter((one) => typeof one === "string");
    for (let length = names.length; length > 0; length--) {
      const line = lines.get(JSON.stringify(names.slice(0, length)));
      if (line !== undefined) return { line, column: 1 };
    }
    return { line: 1, column: 1 };
  };
}

function words(key: string): string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
}

function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== "object" || value === null) return value;
  const made: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) made[key] = withoutPrototypes(inner);
  return made;
}
