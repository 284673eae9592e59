import { z } from "zod";
import type { Fault } from "./fault.ts";
import type { Kind } from "./kind/kind.ts";
import type { KnownPlugin } from "./known_plugin.ts";
import { cleaned } from "../target/quote.ts";

/** All that is wrong with the form of the known part of a plugin. */
export function formFaults(known: KnownPlugin, kind: Kind): Fault[] {
  const whole = withFunctions(known);
  const open = kind.computed.filter((name) => typeof whole[name] === "function");
  const schema = kind.schema.extend(Object.fromEntries(open.map((name) => [name, z.any()])));
  return schemaFaults(schema, whole, kind.title).filter((fault) => isKnown(known, fault));
}

/** All in which a value is not as a schema has it. */
export function schemaFaults(schema: z.ZodType, value: unknown, title: string): Fault[] {
  const read = schema.safeParse(value);
  if (read.success) return [];
  return read.error.issues.flatMap((issue) => {
    const place = issue.path.map(shown).join(".");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        place: place === "" ? shown(key) : `${place}.${shown(key)}`,
        text: place === "" ? `is no member of ${title}` : "is not known here",
      }));
    }
    if (issue.code === "invalid_key") {
      const [first] = issue.issues;
      return { place, text: first?.message ?? issue.message };
    }
    return { place, text: issue.message };
  });
}

/** A key in a form that is safe for a terminal. */
function shown(key: PropertyKey): string {
  const text = cleaned(String(key));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** Characters of a key that is shown. */
const LONGEST = 60;

/**
 * Its data with placeholders for its functions. Keys are a stranger's, dots and `constructor` among
 * them: only what is an object's own is walked, and nothing has a prototype but arrays.
 */
function withFunctions({ data, functions }: KnownPlugin): Record<string, unknown> {
  const whole = copy(data) as Record<string, unknown>;
  for (const place of functions) {
    const path = place.split(".");
    const last = path.pop()!;
    let at: unknown = whole;
    for (const key of path) at = ownOf(at, key);
    if (typeof at !== "object" || at === null) {
      put(whole, place, () => {}); // a key has dots, so it is no member of a plugin
    } else if (typeof ownOf(at, last) !== "function") {
      put(at, last, () => {}); // where a plugin was run its functions are there already
    }
  }
  return whole;
}

/** What an object has of its own by a key; undefined when it has none. */
function ownOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function put(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== "object" || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copied: object = Object.create(null);
  for (const [key, one] of Object.entries(value)) put(copied, key, copy(one));
  return copied;
}

/**
 * Whether a fault is about a known value, not about one that only running the plugin would show.
 */
function isKnown({ computed }: KnownPlugin, { place, text }: Fault): boolean {
  return computed.every((one) => {
    // A spread may bring what is missing, beside or below it
    const spread = /^(.*\.)?\.\.\.$/.exec(one);
    if (spread !== null) {
      const above = (spread[1] ?? "").replace(/\.$/, "");
      return !(text === "is missing" && isUnder(place, above)) && place !== above;
    }
    return !isUnder(place, one) && !isUnder(one, place);
  });
}

function isUnder(place: string, above: string): boolean {
  return above === "" || place === above || place.startsWith(`${above}.`);
}
