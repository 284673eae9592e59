import type { AnyNode, Expression, SpreadElement } from "acorn";
import { parseProgram } from "../../src/plugin/reading/parse_module.ts";

/**
 * Errors whose messages users see, with their subclasses, and the argument that is the message, whole or
 * in parts.
 */
const MESSAGES: ReadonlyMap<string, number> = new Map([
  ["Failure", 0],
  ["UsageError", 0],
  ["FetchFailure", 0],
  ["HostResolveError", 0],
  ["ProcessError", 0],
  ["SourceFailure", 2],
  ["RequestError", 0],
]);

/** Functions that make such an error of a template. */
const TAGS: ReadonlySet<string> = new Set(["requestError"]);

/** Words with a capital that a message may begin with; words all in capitals need not be listed. */
const NAMES: ReadonlySet<string> = new Set(["Debian", "Deno", "Linux"]);

/**
 * The messages of a source that do not have the style of `Failure`, a line each: those that begin with a
 * capital, except for names and abbreviations, or end with a full stop.
 *
 * @param file its path, for the lines
 */
export function messageProblems(source: string, file: string): string[] {
  const { program, lineOf } = parseProgram(source, file);
  const found: string[] = [];
  visit(program, null, (node, base) => {
    const message = messageIn(node, base);
    if (message === null) return;
    const where = `${file}:${lineOf(node.loc!.start.line)}: a message`;
    if (ends(message, "first").some(beginsWithCapital)) {
      found.push(`${where} begins with a capital`);
    }
    if (ends(message, "last").some((text) => text.endsWith("."))) {
      found.push(`${where} ends with a full stop`);
    }
  });
  return found;
}

/**
 * The message of the error that a node makes; null when it makes none.
 *
 * @param base name of what the class around it extends, whose constructor it may call
 */
function messageIn(node: AnyNode, base: string | null): Expression | null {
  switch (node.type) {
    case "TaggedTemplateExpression":
      return TAGS.has(nameIn(node.tag) ?? "") ? node.quasi : null;
    case "NewExpression":
      return messageOf(nameIn(node.callee), node.arguments);
    case "CallExpression":
      return node.callee.type === "Super" ? messageOf(base, node.arguments) : null;
    default:
      return null;
  }
}

/** The one among the arguments of an error's constructor; null when it is no such error. */
function messageOf(
  error: string | null,
  values: readonly (Expression | SpreadElement)[],
): Expression | null {
  const message = values[MESSAGES.get(error ?? "") ?? -1];
  return message === undefined || message.type === "SpreadElement" ? null : message;
}

function nameIn(node: AnyNode | null | undefined): string | null {
  return node?.type === "Identifier" ? node.name : null;
}

/** The first or last literal pieces of a message, one for each branch; empty for a computed end. */
function ends(message: Expression, end: "first" | "last"): string[] {
  switch (message.type) {
    case "ArrayExpression": {
      const part = message.elements.at(end === "first" ? 0 : -1) ?? null;
      return part === null || part.type === "SpreadElement" ? [] : ends(part, end);
    }
    case "Literal":
      return [String(message.value)];
    case "TemplateLiteral":
      return [message.quasis.at(end === "first" ? 0 : -1)!.value.cooked ?? ""];
    case "BinaryExpression":
      return message.left.type === "PrivateIdentifier"
        ? []
        : ends(end === "first" ? message.left : message.right, end);
    case "ConditionalExpression":
      return [...ends(message.consequent, end), ...ends(message.alternate, end)];
    default:
      return [];
  }
}

function beginsWithCapital(text: string): boolean {
  const [word = ""] = /^[\w-]+/.exec(text) ?? [];
  return /^[A-Z]/.test(word) && !NAMES.has(word) && (word.length === 1 || /[a-z]/.test(word));
}

function visit(
  node: AnyNode,
  base: string | null,
  look: (node: AnyNode, base: string | null) => void,
): void {
  look(node, base);
  if (node.type === "ClassDeclaration" || node.type === "ClassExpression") {
    base = nameIn(node.superClass);
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") visit(child, base, look);
    }
  }
}
