import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { Failure } from "../../host/failure.ts";
import { cleaned } from "../../target/quote.ts";
import { nearest } from "../../host/nearest.ts";
import { must } from "../../plugin/schema/words.ts";

/** The longest text that is read, in characters. */
const LONGEST = 1 << 20;
/** Nodes that a text may come to, with what its aliases stand for: none explodes. */
const MOST_NODES = 100_000;
const DEEPEST = 32;
/** Faults that are shown at once. */
const MOST_FAULTS = 20;

/** Where something stands in a text, both from 1. */
export interface FilePosition {
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a file. */
export interface FileFault extends FilePosition {
  readonly text: string;
}

/** What is wrong in a file, each with its place, as a message of one line a fault. */
export class FileFaults extends Failure {
  readonly faults: readonly FileFault[];

  constructor(name: string, faults: readonly FileFault[]) {
    const shown = faults.toSorted((a, b) => a.line - b.line || a.column - b.column)
      .slice(0, MOST_FAULTS)
      .map(({ line, column, text }) => `${name}:${line}:${column}: ${cleaned(text)}`);
    const more = faults.length - shown.length;
    super([...shown, ...(more > 0 ? [`${name}: and ${more} more`] : [])].join("\n"));
    this.faults = faults;
  }
}

/** The way to a value: keys and numbers of entries. */
export type ValuePath = readonly PropertyKey[];

/** A file that was read and checked, with the places of its values. */
export interface ReadFile<T> {
  readonly value: T;
  /** Where a value stands, or the nearest one around it that does. */
  at(path: ValuePath, key?: boolean): FilePosition;
}

/**
 * Reads YAML 1.2 (JSON is some of it) and checks it against a schema.
 *
 * @param name the file's name, for messages
 * @throws {FileFaults} with everything that is wrong
 */
export function readYaml<S extends z.ZodType>(
  text: string,
  name: string,
  schema: S,
): ReadFile<z.output<S>> {
  if (text.length > LONGEST) {
    throw new Failure(`${name} is longer than ${LONGEST} characters: too long for a description`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: false, logLevel: "silent" });
  const position = (offset: number): FilePosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    throw new FileFaults(
      name,
      // Those behind the first one mostly follow from it
      document.errors.slice(0, 1).map(({ pos, message }) => ({
        ...position(pos[0]),
        text: message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
      })),
    );
  }
  const places = new Map<string, Places>();
  const plain = new Plain(document, places, (offset, text) => {
    throw new FileFaults(name, [{ ...position(offset), text }]);
  }).of(document.contents, [], 0);
  const at = (path: ValuePath, key = false): FilePosition => {
    for (let length = path.length; length >= 0; length--) {
      const found = places.get(placeKey(path.slice(0, length)));
      if (found === undefined) continue;
      return position(key && length === path.length ? found.key : found.value);
    }
    return { line: 1, column: 1 };
  };
  return checkedFile(plain, name, schema, at);
}

/**
 * Checks what was read from a file of any form against a schema.
 *
 * @param at where a value stands
 * @throws {FileFaults} with everything that is wrong
 */
export function checkedFile<S extends z.ZodType>(
  value: unknown,
  name: string,
  schema: S,
  at: ReadFile<unknown>["at"],
): ReadFile<z.output<S>> {
  const checked = schema.safeParse(value);
  if (checked.success) return { value: checked.data, at };
  throw new FileFaults(name, checked.error.issues.flatMap((issue) => faultsOf(issue, at)));
}

interface Places {
  readonly key: number;
  readonly value: number;
}

function placeKey(path: ValuePath): string {
  return JSON.stringify(path.map(String));
}

/** Turns nodes into values; objects have no prototype, so that a key can shadow nothing. */
class Plain {
  readonly #document: Document;
  readonly #places: Map<string, Places>;
  readonly #refuse: (offset: number, text: string) => never;
  #nodes = 0;

  constructor(
    document: Document,
    places: Map<string, Places>,
    refuse: (offset: number, text: string) => never,
  ) {
    this.#document = document;
    this.#places = places;
    this.#refuse = refuse;
  }

  of(node: unknown, path: ValuePath, depth: number, key?: number): unknown {
    const offset = (node as { range?: readonly number[] } | null)?.range?.[0] ?? key ?? 0;
    this.#places.set(placeKey(path), { key: key ?? offset, value: offset });
    if (++this.#nodes > MOST_NODES) {
      this.#refuse(offset, `this comes to more than ${MOST_NODES} values, with its aliases`);
    }
    if (depth > DEEPEST) this.#refuse(offset, `this is nested more than ${DEEPEST} deep`);
    if (isAlias(node)) {
      const meant = node.resolve(this.#document);
      if (meant === undefined) {
        this.#refuse(offset, `there is no anchor ${node.source} before this`);
      }
      return this.of(meant, path, depth + 1, key);
    }
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, at) => this.of(item, [...path, at], depth + 1));
    if (!isMap(node)) return null;
    const value: Record<string, unknown> = Object.create(null);
    for (const { key, value: inner } of node.items) {
      const start = (key as { range?: readonly number[] }).range?.[0] ?? offset;
      if (!isScalar(key)) this.#refuse(start, "a key must be a word");
      const name = String((key as { value: unknown }).value);
      value[name] = this.of(inner, [...path, name], depth + 1, start);
    }
    return value;
  }
}

function faultsOf(issue: z.core.$ZodIssue, at: ReadFile<unknown>["at"]): FileFault[] {
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(KEYS_APART);
    return issue.keys.map((key) => ({
      ...at([...issue.path, key], true),
      text: unknown("key", key, known),
    }));
  }
  if (issue.code === "invalid_union") {
    // Of the forms that it may have, the one that was meant: what is wrong there lies deeper
    const meant = issue.errors.find((inner) => inner.every((one) => isWithin(one)));
    if (meant !== undefined && meant.length > 0) {
      return meant.flatMap((inner) =>
        faultsOf({ ...inner, path: [...issue.path, ...inner.path] }, at)
      );
    }
  }
  if (issue.code === "invalid_key") {
    const why = issue.issues[0]?.message ?? issue.message;
    return [{ ...at(issue.path, true), text: `the name ${String(issue.path.at(-1))} ${why}` }];
  }
  const name = issue.path.length === 0 ? "this file" : issue.path.map(String).join(".");
  return [{ ...at(issue.path), text: `${name} ${issue.message}` }];
}

/** Whether something is of the form that was asked for, and the fault is in what it holds. */
function isWithin(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === "unrecognized_keys";
}

/** Stands between the keys that an object may have, in the message of one that has others. */
const KEYS_APART = ", ";

/** The message for a name that is not known, with the one that was meant or all there are. */
export function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const all = known.length === 0 ? "none" : known.join(", ");
  const hint = near === null ? `there is ${all}` : `did you mean ${near}?`;
  return `unknown ${what} ${name}; ${hint}`;
}

/** An object with these keys and no others. */
export function object<S extends z.ZodRawShape>(shape: S, what: string) {
  const { error } = must(what);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? Object.keys(shape).join(KEYS_APART) : error(issue),
  });
}
