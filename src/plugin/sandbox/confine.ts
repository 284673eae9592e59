/**
 * Takes from a worker everything but the language. Runs before any module of the plugin; what is run
 * is this function's text, so it must not name anything outside itself.
 *
 * The worker's permissions are the boundary: files, network, environment, processes and libraries
 * are refused by Deno. This closes what permissions leave open: `import()` of files, which reaches
 * the loader through code made from text; channels to other workers; standard output.
 *
 * @throws {Error} when something cannot be taken away, so that the plugin does not start
 */
export function confine(): void {
  const kept = new Set(
    ("Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol " +
      "Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError " +
      "TypeError URIError SuppressedError globalThis JSON Math Intl ArrayBuffer DataView Uint8Array " +
      "Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array " +
      "Uint8ClampedArray Float16Array Float32Array Float64Array Map BigInt Set Iterator WeakMap " +
      "WeakSet WeakRef Proxy Reflect Temporal decodeURI decodeURIComponent encodeURI " +
      "encodeURIComponent isFinite isNaN queueMicrotask DOMException TextDecoder TextEncoder URL " +
      "URLSearchParams atob btoa structuredClone self postMessage onmessage").split(" "),
  );
  for (const key of Reflect.ownKeys(globalThis)) {
    if (typeof key !== "string" || kept.has(key)) continue;
    if (!Reflect.deleteProperty(globalThis, key)) throw new Error(`${key} cannot be taken away`);
  }
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
  const say = (...values: unknown[]) => postMessage({ said: values.map(String).join(" ") });
  Object.defineProperty(globalThis, "console", {
    value: Object.fromEntries(names.map((name) => [name, say])),
  });
}

declare function postMessage(message: unknown): void;
