import type { FromWorker, HostMessage } from "./message.ts";

/** What our own code keeps of what was removed from the worker. */
export interface Channel {
  /** Sends one message. Every text in it must be short, since the program holds all that was sent. */
  post(message: FromWorker): void;
  /** A value as JSON; undefined for undefined. Throws where that would be too long, or another value. */
  write(value: unknown): string | undefined;
  /** What was thrown, as a text. */
  thrown(error: unknown): string;
  /** Has a function called with each message of the program, which are all of one sort. */
  receive<Message>(handle: (message: Message) => void): void;
}

/**
 * Removes everything but the language from a worker. Runs before any module of the plugin; what is
 * run is this function's text, so it must not refer to anything outside itself.
 *
 * The worker's permissions are the boundary: files, network, environment, processes and libraries
 * are refused by Deno. This removes what permissions leave open: `import()` of files, which reaches
 * the loader through code made from text; channels to other workers, and without limit to the
 * program; standard output.
 *
 * @throws {Error} when something cannot be removed, so that the plugin does not start
 */
export function confine(): Channel {
  const mostText = 1 << 20;
  const mostThrown = 4000;
  const mostSaid = 500;
  const mostSayings = 100;
  const post = postMessage;
  // The plugin may replace these globals
  const text = String;
  const { stringify } = JSON;
  const { lastIndexOf, slice, startsWith } = text.prototype;
  const { apply } = Reflect;
  const cut = (whole: string, most: number): string => apply(slice, whole, [0, most]);
  const thrown = (error: unknown): string => {
    try {
      const stack = (error as { readonly stack?: unknown } | null | undefined)?.stack;
      return cut(text(stack === undefined ? error : stack), mostThrown);
    } catch {
      return "something that cannot be written";
    }
  };
  // A stack would tell where the store lies: it gets names of files, and URLs as source maps have them
  const nameOf = (file: string): string =>
    apply(startsWith, file, ["file:"]) || apply(startsWith, file, ["/"])
      ? apply(slice, file, [apply(lastIndexOf, file, ["/"]) + 1])
      : file;
  Object.defineProperty(Error, "prepareStackTrace", {
    value: (error: unknown, sites: readonly CallSite[]) => {
      let stack = "";
      try {
        stack = text(error);
      } catch {
        stack = "Error"; // it is the plugin's own
      }
      for (let at = 0; at < sites.length; at++) {
        const site = sites[at]!;
        const called = site.getFunctionName();
        const file = site.getFileName();
        const place = file === null
          ? "native"
          : `${nameOf(file)}:${site.getLineNumber()}:${site.getColumnNumber()}`;
        stack += `\n    at ${called === null ? place : `${called} (${place})`}`;
      }
      return stack;
    },
  });
  // Deno itself would print what nothing catches, control characters included
  const { preventDefault } = Event.prototype;
  const dispatch = dispatchEvent;
  const typeOf = Object.getOwnPropertyDescriptor(Event.prototype, "type")!.get!;
  let failed = false;
  const fail = (event: Event, error: unknown) => {
    apply(preventDefault, event, []);
    if (!failed) post({ failed: thrown(error) });
    failed = true; // the program ends it then
  };
  // The plugin can reach listeners, and call them: it does not know what messages of the program have
  const secret = (globalThis as { readonly name?: unknown }).name;
  let handler: ((message: never) => void) | null = null;
  addEventListener("error", (event) => fail(event, event.error));
  addEventListener("unhandledrejection", (event) => fail(event, event.reason));
  addEventListener("message", (event) => {
    const { data } = event as unknown as { readonly data: HostMessage };
    if (data.secret === secret) handler?.(data as never);
  });
  // And it cannot change them: what Deno keeps of them lies behind symbols, which cannot be removed
  const fix = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    Object.freeze(value);
    for (const key of Reflect.ownKeys(value)) fix((value as Record<PropertyKey, unknown>)[key]);
  };
  // Setters that it adds there would be called with what Deno puts into an event
  for (const { prototype } of [Object, Array, Function, Promise]) {
    Object.preventExtensions(prototype);
  }
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    const value = (globalThis as Record<PropertyKey, unknown>)[symbol];
    fix(value);
    Object.defineProperty(globalThis, symbol, { value, writable: false, configurable: false });
  }
  const kept = new Set(
    ("Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol " +
      "Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError " +
      "TypeError URIError SuppressedError globalThis JSON Math Intl ArrayBuffer DataView Uint8Array " +
      "Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array " +
      "Uint8ClampedArray Float16Array Float32Array Float64Array Map BigInt Set Iterator WeakMap " +
      "WeakSet WeakRef Proxy Reflect Temporal decodeURI decodeURIComponent encodeURI " +
      "encodeURIComponent isFinite isNaN queueMicrotask DOMException TextDecoder TextEncoder URL " +
      "URLSearchParams atob btoa structuredClone self").split(" "),
  );
  for (const key of Reflect.ownKeys(globalThis)) {
    if (typeof key !== "string" || kept.has(key)) continue;
    if (!Reflect.deleteProperty(globalThis, key)) throw new Error(`${key} cannot be removed`);
  }
  // Events that it makes itself would have answers posted without end
  for (let scope = Object.getPrototypeOf(globalThis); scope !== Object.prototype;) {
    for (const key of Object.getOwnPropertyNames(scope)) {
      if (key !== "constructor" && !Reflect.deleteProperty(scope, key)) {
        throw new Error(`${key} cannot be removed`);
      }
    }
    scope = Object.getPrototypeOf(scope);
  }
  // Deno calls it for what nothing catches
  Object.defineProperty(globalThis, "dispatchEvent", {
    value: (event: Event) => {
      const type = apply(typeOf, event, []);
      if (type === "error" || type === "unhandledrejection") {
        return apply(dispatch, globalThis, [event]);
      }
      throw new TypeError("events are refused to this plugin");
    },
  });
  // Not deleted by name: what is reached through the prototypes of functions of every sort
  const refuse = function () {
    throw new TypeError("code from text is refused to this plugin");
  };
  const sorts = [function () {}, async function () {}, function* () {}, async function* () {}];
  for (const sort of sorts) {
    const prototype = Object.getPrototypeOf(sort);
    Object.defineProperty(prototype, "constructor", {
      value: refuse,
      writable: false,
      configurable: false,
    });
  }
  refuse.prototype = Function.prototype;
  Object.defineProperty(globalThis, "Function", { value: refuse });
  const names = ["debug", "error", "info", "log", "trace", "warn"];
  let sayings = 0;
  const say = (...values: unknown[]) => {
    if (sayings++ < mostSayings) post({ said: cut(values.map(text).join(" "), mostSaid) });
  };
  Object.defineProperty(globalThis, "console", {
    value: Object.fromEntries(names.map((name) => [name, say])),
  });
  return {
    post,
    write(value) {
      const written = stringify(value);
      if (written === undefined && value !== undefined) throw new TypeError("JSON cannot hold it");
      if (written !== undefined && written.length > mostText) {
        throw new RangeError(`it is longer than ${mostText} characters`);
      }
      return written;
    },
    thrown,
    receive(handle) {
      handler = handle;
    },
  };
}

/** What V8 says of one call on a stack. */
interface CallSite {
  getFunctionName(): string | null;
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

declare function postMessage(message: FromWorker): void;
