import { Failure } from "../../../host/failure.ts";
import { clash } from "../../../plugin/finder.ts";
import type { LockedPlugins } from "../../../plugin/lock.ts";
import { readSource } from "../../../plugin/source.ts";

/**
 * The URL of a plugin in the lock file, by its name or URL.
 *
 * @throws {Failure} when there is none, or there are two
 */
export function lockedUrl(word: string, plugins: LockedPlugins, path: string): string {
  const source = readSource(word);
  const urls = source.kind === "url"
    ? Object.keys(plugins).filter((url) => url === source.url)
    : Object.keys(plugins).filter((url) => plugins[url]!.name === word);
  if (urls.length > 1) {
    throw clash(word, urls.map((url) => ({ from: "url", name: word, url })));
  }
  if (urls[0] !== undefined) return urls[0];
  const there = Object.values(plugins).map(({ name }) => name).join(", ");
  throw new Failure(
    `no plugin ${word} was added from a URL; ${
      there === "" ? `${path} has none` : `${path} has ${there}`
    }`,
  );
}
