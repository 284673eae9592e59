import { Failure } from "../host/failure.ts";
import { quote } from "../target/quote.ts";
import type { LockedPlugin } from "./lock.ts";
import { urlProblem } from "./source.ts";

/**
 * The servers that a plugin's modules may come from: its own, and those that were accepted by name.
 * A server is told by its origin, which is the scheme, the host and the port (RFC 6454).
 */
export class Origins {
  /** The plugin's own. */
  readonly own: string;
  readonly #accepted: ReadonlySet<string>;
  readonly #used = new Set<string>();

  /**
   * @param url the plugin's URL
   * @param accepted origins of other servers, as `URL` writes them
   */
  constructor(url: string, accepted: readonly string[] = []) {
    this.own = new URL(url).origin;
    this.#accepted = new Set(accepted.filter((origin) => origin !== this.own));
  }

  /** Those besides its own that something came from. */
  get used(): readonly string[] {
    return [...this.#used].sort();
  }

  /** Why a module may not come from a URL, as the end of a sentence; null when it may. */
  problem({ origin, protocol }: URL): string | null {
    // A file on this host imports others of this host
    if (protocol === "file:" || origin === this.own) return null;
    if (this.#accepted.has(origin)) {
      this.#used.add(origin);
      return null;
    }
    return `that is another server than the plugin's, ${this.own}: if its code is to be part of ` +
      `the plugin, add --origin ${origin}`;
  }
}

/**
 * The servers that a plugin may come from: its own, those that were accepted with it, and those that
 * are named now.
 *
 * @throws {Failure} for a word that names none
 */
export function originsOf(
  url: string,
  locked: Pick<LockedPlugin, "origins" | "modules"> | undefined,
  words: readonly string[] = [],
): Origins {
  const modules = (locked?.modules ?? []).flatMap(({ url, aliases }) => [url, ...aliases]);
  return new Origins(url, [
    ...locked?.origins ?? [],
    ...modules.map((one) => new URL(one).origin),
    ...words.map(originIn),
  ]);
}

/**
 * The origin that a word names.
 *
 * @throws {Failure} when it names none, or code must not come from there
 */
function originIn(word: string): string {
  const url = URL.parse(word);
  if (url === null || url.origin === "null") {
    throw new Failure(`${quote(word)} is no origin; one is written as https://example.org`);
  }
  const problem = urlProblem(url);
  if (problem !== null) throw new Failure(`${quote(word)} cannot be an origin: ${problem}`);
  if (url.href === `${url.origin}/`) return url.origin;
  throw new Failure(
    `${quote(word)} is more than an origin, which is a scheme and a host: give ${url.origin}`,
  );
}
