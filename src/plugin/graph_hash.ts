import { sha256 } from "./sha256.ts";

/**
 * The hash of a whole plugin: the SHA-256 of a text with a line for each module, in their order,
 * of the SHA-256 of its source, two blanks, and its URL relative to the first one's folder. So the
 * same modules at another place have the same hash.
 */
export async function graphHash(
  modules: readonly { readonly url: string; readonly sha256: string }[],
): Promise<string> {
  const folder = new URL(".", modules[0]!.url).href;
  const lines = modules.map(({ url, sha256 }) =>
    `${sha256}  ${url.startsWith(folder) ? url.slice(folder.length) : url}\n`
  );
  return await sha256(lines.join(""));
}
