import { stripTypeScriptTypes } from "node:module";
import { type Node, parse, type Program } from "acorn";
import { Failure } from "../host/failure.ts";

/** An import of a module, by what stands between its quotes. */
export interface Import {
  readonly specifier: string;
  /** Where the string begins and ends in the code, quotes included. */
  readonly start: number;
  readonly end: number;
  /** Its line, from 1. */
  readonly line: number;
}

/** A module that was read without being run. */
export interface ParsedModule {
  /** Its code without types. */
  readonly code: string;
  readonly program: Program;
  readonly imports: readonly Import[];
}

/**
 * Reads a module in TypeScript or JavaScript, of which every import is known. Refuses what would
 * bring in code that nobody has seen: `import()`, and imports with attributes.
 *
 * @throws {Failure} that names the module, with the line where there is one
 */
export function parseModule(source: string, where: string): ParsedModule {
  const { code, program } = parseProgram(source, where);
  const imports: Import[] = [];
  reading(where, () => collect(program, imports, where));
  return { code, program, imports };
}

/**
 * Reads a module in TypeScript or JavaScript, whatever it imports.
 *
 * @throws {Failure} that names the module, with the line where there is one
 */
export function parseProgram(
  source: string,
  where: string,
): { readonly code: string; readonly program: Program } {
  const code = withoutTypes(source, where);
  const program = reading(
    where,
    () => parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true }),
  );
  return { code, program };
}

function reading<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${where} cannot be read: ${syntaxProblem(error)}`, { cause: error });
  }
}

/**
 * The code without types. Where they can just be blanked out every line and column stays; enums and
 * the like must be written anew.
 */
function withoutTypes(source: string, where: string): string {
  try {
    return stripTypeScriptTypes(source, { mode: "strip" });
  } catch {
    // What is wrong is said better by the other mode, if it is wrong at all
  }
  try {
    return stripTypeScriptTypes(source, { mode: "transform" });
  } catch (error) {
    throw new Failure(`${where} cannot be read: ${syntaxProblem(error)}`, { cause: error });
  }
}

/** What a parser said, in a line. Both count lines from 1. */
function syntaxProblem(error: unknown): string {
  if (error instanceof RangeError) return "it is nested too deeply";
  const said = error instanceof Error ? error.message : String(error);
  const [line, column] = /(\d+):(\d+)\)?\s*$/.exec(said)?.slice(1) ?? [];
  const what = said.split("\n")[0]!.replace(/^SyntaxError: /, "").replace(/\s*\(\d+:\d+\)$/, "");
  return line === undefined ? what : `${what} (line ${line}, column ${column})`;
}

/** What nodes have that bring in modules. */
interface Importing extends Node {
  readonly source?: (Node & { readonly value: unknown }) | null;
  readonly attributes?: readonly Node[];
}

function collect(node: Node, imports: Import[], where: string): void {
  const line = node.loc?.start.line ?? 0;
  if (node.type === "ImportExpression") {
    throw new Failure(
      `${where} has an import() in line ${line}, which could bring in code that nobody has seen: ` +
        "import at the top of the module instead",
    );
  }
  const { source, attributes } = node as Importing;
  if (/^(Import|Export).*Declaration$/.test(node.type) && source) {
    if (attributes !== undefined && attributes.length > 0) {
      throw new Failure(`${where} has an import with attributes in line ${line}: import code only`);
    }
    imports.push({ specifier: String(source.value), start: source.start, end: source.end, line });
  }
  for (const child of children(node)) collect(child, imports, where);
}

/** The nodes directly below one. */
function* children(node: Node): Generator<Node> {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string" && typeof child.start === "number") yield child;
    }
  }
}
