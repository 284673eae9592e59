import { SourceMap, stripTypeScriptTypes } from "node:module";
import { type Node, parse, type Program } from "acorn";
import { Failure } from "../../host/failure.ts";
import { cleaned } from "../../target/quote.ts";
import { SourceFailure } from "./source_failure.ts";

/** An import of a module, by what stands between its quotes. */
export interface Import {
  readonly specifier: string;
  /** Where the string begins and ends in the code, quotes included. */
  readonly start: number;
  readonly end: number;
  /** Its line, from 1. */
  readonly line: number;
}

/** Code that was read without being run. */
export interface ParsedProgram {
  /** Its code without types and comments. */
  readonly code: string;
  readonly program: Program;
  /** The line of the source that a line of the code was made from, both from 1. */
  lineOf(line: number): number;
}

/** A module that was read without being run, with its imports. */
export interface ParsedModule extends ParsedProgram {
  readonly imports: readonly Import[];
  /** Where `import.meta` stands, in order. */
  readonly metas: readonly Span[];
}

/**
 * Reads a module in TypeScript or JavaScript, of which every import is known. Refuses what would
 * load unchecked code: `import()`, and imports with attributes.
 *
 * @throws {Failure} that names the module, with the line where there is one
 */
export function parseModule(source: string, where: string): ParsedModule {
  const parsed = parseProgram(source, where);
  const found = { imports: [], metas: [] };
  reading(where, parsed.lineOf, () => collect(parsed.program, found, where, parsed.lineOf));
  return { ...parsed, ...found };
}

/** Where something begins and ends in the code. */
export type Span = readonly [start: number, end: number];

/**
 * Reads a module in TypeScript or JavaScript, whatever it imports.
 *
 * @throws {Failure} that names the module, with the line where there is one
 */
export function parseProgram(source: string, where: string): ParsedProgram {
  const { code, map, lineOf } = withoutTypes(source, where);
  const comments: Span[] = [];
  const program = reading(where, lineOf, () =>
    parse(code, {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
      onComment: (_block, _text, start, end) => comments.push([start, end]),
    }));
  return { code: blanked(code, comments) + map, program, lineOf };
}

/**
 * The code with blanks for comments. Some have effects in the runtime, regardless of permissions:
 * for `//# sourceMappingURL=` it opens files and asks servers.
 */
function blanked(code: string, comments: readonly Span[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [start, end] of comments) {
    const comment = code.slice(start, end).replaceAll(/[^\n\r\u2028\u2029]/g, " ");
    parts.push(code.slice(at, start), comment);
    at = end;
  }
  return parts.join("") + code.slice(at);
}

function reading<T>(where: string, lineOf: (line: number) => number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unreadable(where, error, lineOf);
  }
}

/**
 * The code without types. Where they can just be blanked out every line and column stays; enums and
 * the like must be transformed, and a source map has the original lines: for messages here, and at
 * the end of the code for the stacks of errors that it throws.
 */
function withoutTypes(source: string, where: string): Stripped {
  try {
    return { code: stripTypeScriptTypes(source, { mode: "strip" }), map: "", lineOf: same };
  } catch {
    // The other mode gives a better error, if there is one
  }
  try {
    return mapped(stripTypeScriptTypes(source, { mode: "transform", sourceMap: true }), where);
  } catch (error) {
    throw unreadable(where, error, same);
  }
}

/** Code without types, and the comment that has its source map. */
interface Stripped extends Pick<ParsedProgram, "code" | "lineOf"> {
  readonly map: string;
}

const MAP = "//# sourceMappingURL=data:application/json;base64,";

function mapped(output: string, where: string): Stripped {
  const at = output.lastIndexOf(MAP);
  const { sourcesContent: _, ...map } = JSON.parse(atob(output.slice(at + MAP.length)));
  const named = JSON.stringify({ ...map, sources: [where] });
  const octets = new TextEncoder().encode(named);
  const entries = new SourceMap(map);
  return {
    code: output.slice(0, at),
    map: `${MAP}${encodeBase64(octets)}\n`,
    lineOf: (line) => {
      const entry = entries.findEntry(line - 1, MOST_COLUMNS);
      return "originalLine" in entry ? entry.originalLine + 1 : line;
    },
  };
}

/** Behind the end of any line: what is mapped last there is found. */
const MOST_COLUMNS = 1 << 30;

function encodeBase64(octets: Uint8Array): string {
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(""));
}

function same(line: number): number {
  return line;
}

/** Maximum length of a parser's message that is shown, in characters. */
const MOST_SAID = 200;

/** The same of the place at its end: a line and a column. */
const MOST_PLACE = 40;

/** A parser's message in one line. Both parsers count lines from 1. */
function unreadable(
  where: string,
  error: unknown,
  lineOf: (line: number) => number,
): SourceFailure {
  const fail = (what: string, line: number | null) =>
    new SourceFailure(where, line, `${where} cannot be read: ${what}`, error);
  if (error instanceof RangeError) return fail("it is nested too deeply", null);
  const said = error instanceof Error ? error.message : String(error);
  // It may quote the source, as long as that is, and with control characters
  const [line, column] = /(\d+):(\d+)\)?\s*$/.exec(said.slice(-MOST_PLACE))?.slice(1) ?? [];
  const what = cleaned(
    said.split("\n")[0]!.slice(0, MOST_SAID).replace(/^SyntaxError: /, "")
      .replace(/ ?\(\d+:\d+\)$/, ""),
  );
  if (line === undefined) return fail(what, null);
  const own = lineOf(Number(line));
  return fail(`${what} (line ${own}, column ${column})`, own);
}

/** The members of nodes that import modules. */
interface Importing extends Node {
  readonly source?: (Node & { readonly value: unknown }) | null;
  readonly attributes?: readonly Node[];
}

function collect(
  node: Node,
  found: { readonly imports: Import[]; readonly metas: Span[] },
  where: string,
  lineOf: (line: number) => number,
): void {
  // Looking up a line takes long where types were written anew
  const line = () => lineOf(node.loc?.start.line ?? 0);
  if (node.type === "ImportExpression") {
    throw new SourceFailure(
      where,
      line(),
      `${where} has an import() in line ${line()}, which could load code that nobody has checked: ` +
        "import at the top of the module instead",
    );
  }
  if (isImportMeta(node)) found.metas.push([node.start, node.end]);
  const { source, attributes } = node as Importing;
  if (/^(Import|Export).*Declaration$/.test(node.type) && source) {
    if (attributes !== undefined && attributes.length > 0) {
      const what = `${where} has an import with attributes in line ${line()}: import code only`;
      throw new SourceFailure(where, line(), what);
    }
    found.imports.push({
      specifier: String(source.value),
      start: source.start,
      end: source.end,
      line: line(),
    });
  }
  for (const child of children(node)) collect(child, found, where, lineOf);
}

function isImportMeta(node: Node): boolean {
  return node.type === "MetaProperty" &&
    (node as Node & { readonly meta: { readonly name: string } }).meta.name === "import";
}

/** The nodes directly below one. */
function* children(node: Node): Generator<Node> {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string" && typeof child.start === "number") yield child;
    }
  }
}
