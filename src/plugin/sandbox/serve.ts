import type { Channel } from "./confine.ts";
import type { Described, PluginCall } from "./message.ts";

// What is run of this module in the worker is the text of its functions, so that none may refer to
// anything outside itself

/** What a value is to be written for. */
interface PlainOptions {
  /** Where functions may stand: their places are added, and they are left out. */
  readonly functions?: string[];
  /** Octets are taken too: they are for arms alone. */
  readonly arms?: boolean;
}

/** A value as JSON holds it whole. Throws for one that is no plain data; `what` names it then. */
export type Plain = (whole: unknown, what: string, options?: PlainOptions) => unknown;

/**
 * Makes {@linkcode Plain}.
 *
 * @param octets the member that stands for octets, see octets.ts
 */
export function makePlain(octets: string): Plain {
  return (whole, what, { functions, arms = false } = {}) => {
    const walk = (value: unknown, place: string, depth: number): unknown => {
      if (typeof value === "function" && functions !== undefined) {
        functions.push(place);
        return undefined;
      }
      if (value === null || value === undefined || ["boolean", "string"].includes(typeof value)) {
        return value;
      }
      if (Number.isFinite(value)) return value;
      if (arms && value instanceof Uint8Array) return { [octets]: Array.from(value) };
      if (typeof value === "function") {
        throw new TypeError(`${place} is a function, and functions cannot leave the worker`);
      }
      const prototype = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
      const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
      if (!plain) throw new TypeError(`${place || what} is not plain data`);
      if (depth === 0) throw new TypeError(`${place} is nested too deeply`);
      const inner = (key: string | number, item: unknown) =>
        walk(item, place === "" ? String(key) : `${place}.${key}`, depth - 1);
      if (Array.isArray(value)) return value.map((item, at) => inner(at, item));
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [key, inner(key, item)]),
      );
    };
    return walk(whole, "", 32);
  };
}

/**
 * Sends the description of a plugin: the first message of its worker.
 *
 * @param module the plugin's module
 * @param check throws when its functions cannot be used
 */
export function describe(
  module: { readonly default?: unknown; readonly tests?: unknown },
  { post, write, thrown }: Channel,
  plain: Plain,
  check: (plugin: unknown) => void = () => {},
): void {
  const MOST_TESTS = 1 << 19;

  /** The plugin's tests, unless they cannot be sent: then it runs without. */
  function testsOf(): { readonly tests?: unknown } {
    try {
      const tests = plain(module.tests, "tests", { functions: [], arms: true });
      return (write(tests)?.length ?? 0) > MOST_TESTS ? {} : { tests };
    } catch {
      return {};
    }
  }

  try {
    check(module.default);
    const functions: string[] = [];
    const data = plain(module.default, "the default export", { functions, arms: true });
    const described: Described = { data, functions, ...testsOf() };
    post({ described: write(described)! });
  } catch (error) {
    post({ broken: thrown(error instanceof Error ? error.message : error) });
  }
}

/**
 * Answers calls of a plugin's functions.
 *
 * @param helpers what `conclude` is given; functions cannot be sent
 */
export function answerCalls(
  plugin: Readonly<Record<string, unknown>>,
  helpers: unknown,
  { post, write, thrown, receive }: Channel,
  plain: Plain,
): void {
  async function answer({ id, hook, args }: PluginCall): Promise<void> {
    try {
      const given = hook === "conclude" ? [args[0], helpers, args[1]] : args;
      const value = await (plugin[hook] as (...args: unknown[]) => unknown)(...given);
      post({ id, value: write(plain(value, "what it returns", { arms: hook === "arms" })) });
    } catch (error) {
      post({ id, error: thrown(error) });
    }
  }

  receive((call: PluginCall) => void answer(call));
}
