import type { Channel } from "./confine.ts";
import type { Described, PluginCall } from "./message.ts";

/**
 * Runs in the worker after the plugin's modules: describes the plugin, then answers calls of its
 * functions. What is run is this function's text, so it must not refer to anything outside itself.
 *
 * @param module the plugin's module
 * @param helpers what `conclude` is given; functions cannot be sent
 * @param channel the channel to the program
 * @param octets the member that stands for octets, see octets.ts
 */
export function serve(
  module: { readonly default?: unknown; readonly tests?: unknown },
  helpers: unknown,
  { post, write, thrown, receive }: Channel,
  octets: string,
): void {
  const MOST_TESTS = 1 << 19;
  const plugin = module.default as Record<string, unknown>;

  /**
   * A value as JSON holds it whole; functions are left out where their places are wanted. Octets are
   * for arms alone.
   */
  function plain(
    whole: unknown,
    what: string,
    { functions, arms = false }: { functions?: string[]; arms?: boolean } = {},
  ): unknown {
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
  }

  /** The data of the plugin, and the places of its functions. */
  function describe(): Described {
    const functions: string[] = [];
    const data = plain(plugin, "the default export", { functions, arms: true });
    return { data, functions, ...testsOf() };
  }

  /** The plugin's tests, unless they cannot be sent: then it runs without. */
  function testsOf(): { readonly tests?: unknown } {
    try {
      const tests = plain(module.tests, "tests", { functions: [], arms: true });
      return (write(tests)?.length ?? 0) > MOST_TESTS ? {} : { tests };
    } catch {
      return {};
    }
  }

  async function answer({ id, hook, args }: PluginCall): Promise<void> {
    try {
      const given = hook === "conclude" ? [args[0], helpers, args[1]] : args;
      const value = await (plugin[hook] as (...args: unknown[]) => unknown)(...given);
      post({ id, value: write(plain(value, "what it returns", { arms: hook === "arms" })) });
    } catch (error) {
      post({ id, error: thrown(error) });
    }
  }

  try {
    post({ described: write(describe())! });
  } catch (error) {
    post({ broken: thrown(error instanceof Error ? error.message : error) });
  }
  receive((call) => void answer(call));
}
