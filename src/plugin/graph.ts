import { Failure } from "../host/failure.ts";
import { quote } from "../target/quote.ts";
import type { Fetched } from "./fetch.ts";
import { graphHash } from "./graph_hash.ts";
import type { Origins } from "./origins.ts";
import type { Import } from "./reading/parse_module.ts";
import { SourceReader } from "./reading/reader.ts";
import type { ManifestRead, SourceRead } from "./reading/reading.ts";
import { SourceFailure } from "./reading/source_failure.ts";
import { sha256 } from "./sha256.ts";
import { urlProblem } from "./source.ts";

/** The most modules that a plugin may have. */
export const MODULES = 64;

/** One module of a plugin. */
export interface GraphModule extends Omit<SourceRead, "manifest"> {
  /** Where it was found, after redirects. */
  readonly url: string;
  /** What redirected to it. */
  readonly aliases: readonly string[];
  readonly octets: Uint8Array<ArrayBuffer>;
  /** SHA-256 of its source. */
  readonly sha256: string;
}

/** A plugin's modules, all that it imports included. None of them has been run. */
export interface Graph {
  /** The plugin's own module first, then in the order of imports. */
  readonly modules: readonly GraphModule[];
  /** What the plugin's own module exports by default. */
  readonly manifest: ManifestRead;
  /** Hash of the whole graph: see {@linkcode graphHash}. */
  readonly sha256: string;
}

/** Gives the source of a module. */
export type ModuleReader = (url: string) => Promise<Fetched>;

/**
 * Reads a plugin's module and everything that it imports, by URL.
 *
 * @param origins the servers that the modules may come from
 * @throws {Failure} that says which module cannot be fetched, cannot be read, or may not be
 *   imported
 */
export async function readGraph(
  entry: string,
  origins: Origins,
  read: ModuleReader,
): Promise<Graph> {
  const found = new Map<string, GraphModule & { readonly aliases: string[] }>();
  const asked = new Set([entry]);
  let first: ManifestRead | null = null;
  await using reader = new SourceReader();
  reader.start();
  for (const url of asked) {
    const fetched = await read(url);
    const known = found.get(fetched.url);
    if (known !== undefined) {
      known.aliases.push(url);
      continue;
    }
    const { manifest, ...module } = await reader.read({
      source: text(fetched),
      where: fetched.url,
      imports: true,
      manifest: first === null,
    });
    first ??= manifest;
    found.set(fetched.url, {
      ...module,
      url: fetched.url,
      aliases: url === fetched.url ? [] : [url],
      octets: fetched.octets,
      sha256: await sha256(fetched.octets),
    });
    for (const { specifier, line } of module.imports) {
      asked.add(resolveImport(specifier, fetched.url, line, origins));
    }
    if (asked.size > MODULES) {
      throw new Failure(
        `${entry} has more than ${MODULES} modules, which is the most for a plugin`,
      );
    }
  }
  const modules = [...found.values()];
  return { modules, manifest: first!, sha256: await graphHash(modules, entry) };
}

/** The module that an import leads to. */
export function imported(
  { specifier, line }: Import,
  from: { readonly url: string },
  modules: readonly { readonly url: string; readonly aliases: readonly string[] }[],
): number {
  const url = resolveImport(specifier, from.url, line, null);
  return modules.findIndex((module) => module.url === url || module.aliases.includes(url));
}

/** The URL that an import names; `origins` are null where it was checked. */
function resolveImport(
  specifier: string,
  from: string,
  line: number,
  origins: Origins | null,
): string {
  const fail = (why: string): never => {
    throw new SourceFailure(
      from,
      line,
      `${from} imports ${quote(specifier)} in line ${line}: ${why}`,
    );
  };
  const scheme = /^(npm|jsr|node|bun|data|blob):/.exec(specifier)?.[1];
  if (scheme !== undefined) {
    fail(
      `${scheme}: imports are refused, since what they load is not part of what was checked; ` +
        "import files by their relative path or URL",
    );
  }
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(specifier);
  if (!absolute && !/^\.{0,2}\//.test(specifier)) {
    fail("it is neither a relative path, which begins with ./ or ../, nor a URL");
  }
  const url = URL.parse(specifier, from);
  if (url === null) return fail("it is not a URL");
  url.hash = "";
  const home = new URL(from);
  if (url.protocol !== home.protocol) {
    fail(`its scheme is not ${home.protocol}//, as the plugin's is`);
  }
  const problem = url.protocol === "file:"
    ? null
    : urlProblem(url) ?? origins?.problem(url) ?? null;
  if (problem !== null) fail(problem);
  return url.href;
}

function text({ url, octets }: Fetched): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    throw new Failure(`${url} is not code: it is not text in UTF-8`);
  }
}
