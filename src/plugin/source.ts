import { quote } from "../target/quote.ts";
import { Failure } from "../host/failure.ts";

/** What `--plugin X` names. */
export type PluginSource =
  /** A plugin that ships with the program, lies in a plugin folder, or was added. */
  | { readonly kind: "name"; readonly name: string }
  /** A file, or a folder with a `mod.ts`. */
  | { readonly kind: "path"; readonly path: string }
  | UrlSource;

/** A plugin at a URL. */
export interface UrlSource {
  readonly kind: "url";
  /** The URL without its fragment, as `URL` writes it. */
  readonly url: string;
  /** The required hash of the whole graph, from `#sha256=`; null when none was given. */
  readonly pin: string | null;
}

const NAME = /^[a-z][a-z0-9_-]*$/;
const PIN = /^#sha256=([0-9a-f]{64})$/i;

/**
 * Tells what a word names, without checking whether it exists.
 *
 * @throws {Failure} for a word that can name no plugin
 */
export function readSource(word: string): PluginSource {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return urlSource(word);
  if (/^\.|[/\\]|\.(m?ts|m?js)$/.test(word)) return { kind: "path", path: word };
  return { kind: "name", name: word };
}

/** Whether a word may be a plugin's name. */
export function isPluginName(word: string): boolean {
  return NAME.test(word);
}

function urlSource(word: string): UrlSource {
  const url = parse(word);
  if (url === null) throw new Failure(`${quote(word)} is not a URL`);
  const problem = urlProblem(url);
  if (problem !== null) throw new Failure(`${quote(word)} cannot be a plugin: ${problem}`);
  const pin = PIN.exec(url.hash)?.[1]?.toLowerCase() ?? null;
  if (url.hash !== "" && pin === null) {
    throw new Failure(
      `${quote(word)} must end with #sha256= and 64 hexadecimal digits, or without #`,
    );
  }
  url.hash = "";
  return { kind: "url", url: url.href, pin };
}

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** Why code must not come from a URL, as the end of a sentence; null when it may. */
export function urlProblem(url: URL): string | null {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return "plugins come over https:// only (http:// from this host itself)";
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return "http:// can be altered on its way, and is taken from this host itself only; use https://";
  }
  if (url.username !== "" || url.password !== "") {
    return "a user name or password must not stand in it";
  }
  return null;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
