import type { AnyNode, Expression } from "acorn";
import { parseProgram } from "../../src/plugin/parse_module.ts";

/** Errors whose messages users see, with their subclasses, and the argument that is the message. */
const MESSAGES: ReadonlyMap<string, number> = new Map([
  ["Failure", 0],
  ["UsageError", 0],
  ["FetchFailure", 0],
  ["HostResolveError", 0],
  ["ProcessError", 0],
  ["SourceFailure", 2],
]);

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
  visit(program, (node) => {
    if (node.type !== "NewExpression" || node.callee.type !== "Identifier") return;
    const message = node.arguments[MESSAGES.get(node.callee.name) ?? -1];
    if (message === undefined || message.type === "SpreadElement") return;
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

/** The first or last literal pieces of a message, one for each branch; empty for a computed end. */
function ends(message: Expression, end: "first" | "last"): string[] {
  switch (message.type) {
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

function visit(node: AnyNode, look: (node: AnyNode) => void): void {
  look(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") visit(child, look);
    }
  }
}
