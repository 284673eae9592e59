import type { Expression, Node, ObjectExpression, Program, Property, SpreadElement } from "acorn";
import { Failure } from "../../host/failure.ts";

/** A plugin's manifest from its source, read without running it. */
export interface SourceManifest {
  /** Its default export, literal parts only. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Where its functions stand, such as `conclude` or `arms.1.forge`. */
  readonly functions: readonly string[];
  /** Places of values that only running it would show. */
  readonly computed: readonly string[];
  /** The line of the code of each place, from 1; that of the whole stands at the empty place. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Reads the literal that a module exports by default. Names of constants of the same module are
 * resolved.
 *
 * @throws {Failure} when it has no default export, or that is no literal of an object
 */
export function sourceManifest(program: Program, where: string): SourceManifest {
  const constants = constantsOf(program);
  const exported = defaultExport(program);
  if (exported === null) throw new Failure(`${where} is not a plugin: it has no default export`);
  const reader = new ManifestReader(constants, where);
  const literal = reader.resolve(exported);
  if (literal?.type !== "ObjectExpression") {
    throw new Failure(
      `${where} is not a plugin that can be inspected: its default export must be written as an object in that module`,
    );
  }
  reader.at("", exported);
  const data = reader.object(literal as ObjectExpression, "");
  const { functions, computed, lines } = reader;
  return { data, functions, computed, lines };
}

/** Expressions that nest deeper than this count as computed. */
const DEPTH = 32;
/** Values and keys that are read at most. A constant that is named again counts again. */
const MOST_VALUES = 4000;
/** Characters of text that are read at most, those of keys included. */
const MOST_TEXT = 1 << 18;
/** Longer keys count as computed, in characters. */
const LONGEST_KEY = 500;
const COMPUTED = Symbol("computed");

class ManifestReader {
  readonly functions: string[] = [];
  readonly computed: string[] = [];
  readonly lines = new Map<string, number>();
  readonly #constants: ReadonlyMap<string, Node>;
  readonly #where: string;
  readonly #unknowns = new Set<string>();
  #depth = 0;
  #values = 0;
  #text = 0;

  constructor(constants: ReadonlyMap<string, Node>, where: string) {
    this.#constants = constants;
    this.#where = where;
  }

  /** Resolves a name to its value; any other node is returned as it is. */
  resolve(node: Node): Node | undefined {
    let at: Node | undefined = node;
    for (let hops = 0; at?.type === "Identifier" && hops < DEPTH; hops++) {
      at = this.#constants.get((at as Node & { name: string }).name);
    }
    return at;
  }

  /** Records the line of a place. */
  at(place: string, node: Node): void {
    if (node.loc) this.lines.set(place, node.loc.start.line);
  }

  object(node: ObjectExpression, place: string): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    for (const property of node.properties) {
      const own = keyOf(property);
      const key = own === null || own.length > LONGEST_KEY ? null : own;
      const at = (name: string) => place === "" ? name : `${place}.${name}`;
      this.#count(own?.length ?? 0);
      if (key === null) {
        this.#unknown(at("..."));
        continue;
      }
      this.at(at(key), property);
      const value = this.#value((property as Property).value, at(key), (property as Property).kind);
      // The last of a name counts: a getter takes the place of what stands before
      if (value === COMPUTED) entries.delete(key);
      else entries.set(key, value);
    }
    return Object.fromEntries(entries);
  }

  #value(node: Expression, place: string, kind = "init"): unknown {
    this.#count();
    if (kind !== "init") return this.#unknown(place); // a getter is code
    if (++this.#depth > DEPTH) {
      this.#depth--;
      return this.#unknown(place);
    }
    try {
      return this.#literal(this.resolve(node), place);
    } finally {
      this.#depth--;
    }
  }

  #literal(node: Node | undefined, place: string): unknown {
    switch (node?.type) {
      case "Literal": {
        const { value } = node as Node & { value: unknown };
        if (typeof value === "string") this.#count(value.length);
        // What JSON cannot hold, such as 1e999, only running it would show
        const plain = value === null || ["string", "boolean"].includes(typeof value) ||
          Number.isFinite(value);
        return plain ? value : this.#unknown(place);
      }
      case "TemplateLiteral": {
        const { expressions, quasis } = node as Node & {
          expressions: unknown[];
          quasis: { value: { cooked: string } }[];
        };
        const [{ value: { cooked } }] = quasis as [typeof quasis[number]];
        this.#count(cooked.length);
        return expressions.length === 0 ? cooked : this.#unknown(place);
      }
      case "UnaryExpression": {
        const { operator, argument } = node as Node & { operator: string; argument: Node };
        const { value } = argument as Node & { value?: unknown };
        return operator === "-" && typeof value === "number" ? -value : this.#unknown(place);
      }
      case "BinaryExpression": {
        // Long sentences are broken into pieces with +
        const { operator, left, right } = node as Node & {
          operator: string;
          left: Expression;
          right: Expression;
        };
        const [one, other] = [this.#value(left, place), this.#value(right, place)];
        const texts = operator === "+" && typeof one === "string" && typeof other === "string";
        return texts ? one + other : this.#unknown(place);
      }
      case "ArrayExpression": {
        const { elements } = node as Node & { elements: (Expression | SpreadElement | null)[] };
        return elements.map((element, at) => {
          if (element !== null) this.at(`${place}.${at}`, element);
          const known = element !== null && element.type !== "SpreadElement";
          const value = known
            ? this.#value(element, `${place}.${at}`)
            : this.#unknown(`${place}.${at}`);
          return value === COMPUTED ? undefined : value;
        });
      }
      case "ObjectExpression":
        return this.object(node as ObjectExpression, place);
      case "FunctionExpression":
      case "FunctionDeclaration":
      case "ArrowFunctionExpression":
        this.functions.push(place);
        return COMPUTED;
      default:
        return this.#unknown(place);
    }
  }

  #unknown(place: string): typeof COMPUTED {
    if (!this.#unknowns.has(place)) this.computed.push(place);
    this.#unknowns.add(place);
    return COMPUTED;
  }

  /**
   * Counts one more value, with the length of its text: constants that name each other twice, and
   * so on, double at each step.
   */
  #count(length = 0): void {
    this.#values++;
    this.#text += length;
    if (this.#values <= MOST_VALUES && this.#text <= MOST_TEXT) return;
    throw new Failure(
      `${this.#where} is not a plugin that can be inspected: what it exports is larger than ` +
        `${MOST_VALUES} values or ${MOST_TEXT} characters`,
    );
  }
}

/** A property's name where it is written out; null for a spread or a computed one. */
function keyOf(property: Property | SpreadElement): string | null {
  if (property.type === "SpreadElement" || property.computed) return null;
  const { key } = property;
  if (key.type === "Identifier") return key.name;
  return key.type === "Literal" ? String(key.value) : null;
}

/** The constants and functions of a module's top level, by name. */
function constantsOf(program: Program): Map<string, Node> {
  const constants = new Map<string, Node>();
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration"
      ? statement.declaration
      : statement;
    if (declaration?.type === "FunctionDeclaration") {
      constants.set(declaration.id.name, declaration);
    } else if (declaration?.type === "VariableDeclaration" && declaration.kind === "const") {
      for (const { id, init } of declaration.declarations) {
        if (id.type === "Identifier" && init) constants.set(id.name, init);
      }
    }
  }
  return constants;
}

/** What a module exports by default; null when nothing. */
function defaultExport(program: Program): Node | null {
  for (const statement of program.body) {
    if (statement.type === "ExportDefaultDeclaration") return statement.declaration;
    if (statement.type !== "ExportNamedDeclaration") continue;
    for (const { exported, local } of statement.specifiers) {
      if (exported.type === "Identifier" && exported.name === "default") return local;
    }
  }
  return null;
}
