/**
 * An error that no promise chain of the program catches: one that a timer or another callback of
 * the runtime throws, or an unawaited promise that rejects. Plugins of this host run in the program
 * itself, so theirs come here too.
 */
export class Uncaught extends Error {
  override readonly name = "Uncaught";
  /** What was thrown, with its stack where it has one. */
  readonly details: string;
  /** Whether code of a plugin that does not ship with the program is in the stack. */
  readonly inPlugin: boolean;

  constructor(thrown: unknown) {
    const details = stackOf(thrown);
    const place = placeInPlugin(details);
    const what = place === null ? "an error" : `the plugin's code at ${place} threw an error`;
    super(`${what} that nothing catches, in a timer or an unawaited promise: ${said(thrown)}`);
    this.details = details;
    this.inPlugin = place !== null;
  }
}

let first: Uncaught | null = null;
let end: (error: Uncaught) => void = () => {};
const orderly = new Set<() => void>();

/** The first error that nothing caught; null as long as there is none. */
export function uncaught(): Uncaught | null {
  return first;
}

/**
 * Handles uncaught errors in place of the runtime, which would end the program at once.
 *
 * @param endAtOnce ends the program; called when there is no handler for an orderly shutdown (see
 *   {@linkcode onUncaught}), or it gives up
 */
export function watchUncaught(endAtOnce: (error: Uncaught) => void): void {
  end = endAtOnce;
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    keep(event.error ?? event.message);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    keep(event.reason);
  });
}

/**
 * Registers a handler that shuts the program down in order after an uncaught error. It must end the
 * program, or call {@linkcode giveUp}. Returns a function that unregisters it.
 */
export function onUncaught(endInOrder: () => void): () => void {
  orderly.add(endInOrder);
  if (first !== null) endInOrder();
  return () => orderly.delete(endInOrder);
}

/** Ends the program at once, when the orderly shutdown does not finish. */
export function giveUp(): void {
  if (first === null) throw new Error("there is no error to end with");
  end(first);
}

/** What comes after the first error is most likely its consequence. */
function keep(thrown: unknown): void {
  if (first !== null) return;
  first = new Uncaught(thrown);
  if (orderly.size === 0) return end(first);
  for (const endInOrder of orderly) endInOrder();
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack !== undefined ? thrown.stack : said(thrown);
}

function said(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  try {
    return String(thrown);
  } catch {
    return "a value that cannot be written"; // an object without a prototype
  }
}

/** The folders of the program's own code: of the sources, or of what they were made into. */
const OWN = import.meta.url.endsWith("/src/cli/uncaught.ts")
  ? ["../", "../../plugins/spiders/", "../../plugins/chains/"]
  : ["./"];
const OWN_URLS = OWN.map((folder) => new URL(folder, import.meta.url).href);

/** Libraries that code of the program or of a plugin uses. */
const LIBRARY = /\/node_modules\/|\/npm\//;

/** The innermost place of a stack that is in no code of the program's own, as file, line and column. */
function placeInPlugin(stack: string): string | null {
  for (const [url] of stack.matchAll(/\b(?:file|https?):\/\/[^\s()]+:\d+:\d+/g)) {
    if (LIBRARY.test(url) || OWN_URLS.some((own) => url.startsWith(own))) continue;
    return url.startsWith("file://") ? decodeURI(url.slice("file://".length)) : url;
  }
  return null;
}
