import type { Chain, ChainField } from "../../contract/chain.ts";
import { Failure } from "../../host/failure.ts";
import { chains as builtIn } from "../chains.ts";
import { HOOKS, isPlainFunction } from "./hooks.ts";
import { isJson } from "./records.ts";

const CHAIN_NAME = /^[a-z][a-z0-9_-]*$/;
const FIELD_NAME = /^[a-z][a-z0-9_]*$/;
/** A line of text without control characters: it is shown on terminals. */
const LINE = /^\P{C}+$/u;

/** Whether a value is of a field's type. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => Number.isFinite(value),
  string: (value) => typeof value === "string",
  json: isJson,
};

/**
 * Checks a value that should be a chain.
 *
 * @param where its name in messages, such as its file
 * @throws {Failure} that says what is missing or wrong
 */
export function checkChain(value: unknown, where: string): Chain {
  const fail = (what: string): never => {
    throw new Failure(`${where} is not a chain: ${what}`);
  };
  if (typeof value !== "object" || value === null) fail("it is not an object");
  const chain = value as Record<string, unknown>;
  if (chain.kind !== undefined && chain.kind !== "chain") fail(`its kind is ${chain.kind}`);
  if (typeof chain.name !== "string" || !CHAIN_NAME.test(chain.name)) {
    fail("its name must be lower case letters, digits, dashes and underscores");
  }
  if (chain.summary !== undefined && !isLine(chain.summary)) {
    fail("its summary must be a line of text");
  }
  if (typeof chain.fields !== "object" || chain.fields === null) fail("it declares no fields");
  for (const [name, field] of Object.entries(chain.fields as object)) {
    const problem = fieldProblem(name, field);
    if (problem !== null) fail(`its field ${name} ${problem}`);
  }
  const hooks: readonly string[] = HOOKS;
  for (const [name, member] of Object.entries(chain)) {
    const isHook = hooks.includes(name);
    if (isHook && typeof member !== "function") fail(`${name} is not a function`);
    if (typeof member !== "function") continue;
    if (!isHook) fail(`${name} is not one of its hooks, which are ${HOOKS.join(", ")}`);
    if (!isPlainFunction(member)) fail(`${name} must be a plain function, not async`);
  }
  if (!hooks.some((name) => name in chain)) fail(`it has none of the hooks ${HOOKS.join(", ")}`);
  return value as Chain;
}

/** Whether a value is of a field's declared type. */
export function isOfType(type: string, value: unknown): boolean {
  const base = baseOf(type);
  return (base !== type && value === null) || (TYPES[base]?.(value) ?? false);
}

/** A type without the mark that it may be null. */
function baseOf(type: string): string {
  return type.replace(/(?<!json)\?$/, "");
}

/** What is wrong with a field's declaration, in words that follow its name; null when nothing. */
export function fieldProblem(name: string, field: unknown): string | null {
  if (!FIELD_NAME.test(name)) return "must be lower case letters, digits and underscores";
  if (typeof field !== "object" || field === null) return "is not an object";
  const { type, summary, initial } = field as ChainField<unknown>;
  if (!Object.hasOwn(TYPES, baseOf(String(type)))) {
    return `has the type ${type}; there are boolean, integer, number, string, json`;
  }
  if (summary === undefined || summary === "") return "has no summary";
  if (!isLine(summary)) return "must have a summary that is a line of text";
  return isOfType(type, initial) ? null : `must begin with a value of its type, ${type}`;
}

function isLine(value: unknown): boolean {
  return typeof value === "string" && LINE.test(value);
}

/** The fields of the chains that ship with the program, and which chain has each. */
export function fieldOwners(): Map<string, string> {
  return new Map(
    builtIn().flatMap(({ name, fields }) => fields.map((field) => [field.name, name])),
  );
}

/**
 * Checks chains that are to run together: every chain and every field has a name of its own, which
 * no chain that ships with the program has either.
 *
 * @throws {Failure} that names both
 */
export function checkTogether(chains: readonly Chain[]): void {
  const names = new Set(builtIn().map(({ name }) => name));
  const owners = fieldOwners();
  for (const { name, fields } of chains) {
    if (names.has(name)) throw new Failure(`there are two chains ${name}: rename one of them`);
    names.add(name);
    for (const field of Object.keys(fields)) {
      const other = owners.get(field);
      if (other !== undefined) {
        throw new Failure(
          `the chains ${other} and ${name} both have a field ${field}: rename one of them`,
        );
      }
      owners.set(field, name);
    }
  }
}
