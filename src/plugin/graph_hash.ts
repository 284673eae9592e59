import { sha256 } from "./sha256.ts";

/**
 * The hash of a whole plugin: the SHA-256 of a text with a line for each module, in their order,
 * of the SHA-256 of its source, two blanks, and its URL relative to the first one's folder. So the
 * same modules at another place have the same hash. Where a redirect leads from an import to a
 * module, a line with the URL that was imported follows, behind `from` and two blanks: the same
 * modules in one another's place are another program.
 *
 * @param entry the URL of the plugin; what it redirects to is its place, and not part of it
 */
export async function graphHash(
  modules: readonly {
    readonly url: string;
    readonly aliases: readonly string[];
    readonly sha256: string;
  }[],
  entry: string,
): Promise<string> {
  const folder = new URL(".", modules[0]!.url).href;
  const place = (url: string) => url.startsWith(folder) ? url.slice(folder.length) : url;
  const lines = modules.flatMap(({ url, aliases, sha256 }) => [
    `${sha256}  ${place(url)}\n`,
    ...aliases.filter((alias) => alias !== entry).map((alias) => `from  ${place(alias)}\n`),
  ]);
  return await sha256(lines.join(""));
}
