import { Failure } from "../../../../host/failure.ts";
import { fileError } from "../../../../host/file_error.ts";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { acceptedGraph } from "../../../../plugin/accepted_graph.ts";
import { describe } from "../../../../plugin/describe.ts";
import { describeLocal } from "../../../../plugin/describe_local.ts";
import { findAll, findOne, type FoundPlugin } from "../../../../plugin/finder.ts";
import { type Graph, readGraph } from "../../../../plugin/graph.ts";
import { inspect } from "../../../../plugin/inspect.ts";
import { moduleAt, pluginName } from "../../../../plugin/local.ts";
import { type LockedPlugin, lockPath, readLock } from "../../../../plugin/lock.ts";
import { SourceReader } from "../../../../plugin/reading/reader.ts";
import { Origins } from "../../../../plugin/origins.ts";
import { readSource } from "../../../../plugin/source.ts";
import { bundledPlugins, loadBundled } from "../../../../plugin/bundled.ts";
import { asksFor } from "../../../../plugin/trust.ts";
import type { Context } from "../../../command.ts";
import type { InfoInvocation } from "./options.ts";
import { unknownPlugin } from "../../../usage.ts";
import { output } from "../../../output.ts";
import { cleaned } from "../../../../target/quote.ts";

/** Information on a plugin, as JSON. */
type Info = Readonly<Record<string, unknown>>;

/** Runs `spider plugins info`. */
export async function run(
  { options, positionals }: InfoInvocation,
  { stdout }: Context,
): Promise<number> {
  const info = await infoOf(positionals[0]!, options);
  output(stdout, options.json, info, () => text(info));
  return 0;
}

async function infoOf(word: string, options: InfoInvocation["options"]): Promise<Info> {
  const source = readSource(word);
  const path = lockPath(options.lock);
  const locked = readLock(path);
  if (source.kind === "url") return await ofUrl(source.url, locked[source.url], options.origin);
  if (source.kind === "path") {
    const file = moduleAt(source.path);
    return await ofFile(file, pluginName(file), false);
  }
  const all = findAll(bundledPlugins(), { folders: options["plugin-dir"], lock: options.lock });
  await using reader = new SourceReader();
  const kinds = async (found: FoundPlugin) =>
    (await describe(found, locked, reader)).kind === "spider";
  const found = await findOne(word, all, kinds);
  if (found === undefined) {
    throw unknownPlugin("plugin", word, all.map(({ name }) => name), "see spider plugins list");
  }
  if (found.from === "url") return await ofUrl(found.url, locked[found.url], []);
  if (found.from === "folder") return await ofFile(found.path, found.name, true);
  const data = JSON.parse(JSON.stringify(await loadBundled(found.kind, found.name)));
  return { ...data, from: "bundled", runs: "as part of the program" };
}

async function ofUrl(
  url: string,
  locked: LockedPlugin | undefined,
  words: readonly string[],
): Promise<Info> {
  const { graph } = await acceptedGraph(url, locked, words);
  const plugin = await inspect(graph, url);
  return {
    ...plugin.known.data,
    from: "url",
    place: url,
    runs: locked === undefined
      ? plugin.beyond.length > 0 ? "only when it is added with --allow" : "not before it is trusted"
      : locked.allow
      ? "with all that spider itself may do (--allow)"
      : "without access of its own",
    ...modulesOf(graph),
    asks: asksFor(plugin),
  };
}

async function ofFile(path: string, name: string, inFolder: boolean): Promise<Info> {
  await using reader = new SourceReader();
  const { broken, kind } = await describeLocal({ name, path }, reader, inFolder);
  const common = { name, from: "file", place: path, broken };
  const runs = "with all that spider itself may do, since it is on this host";
  try {
    const url = pathToFileURL(resolve(path)).href;
    const graph = await readGraph(url, new Origins(url), async (url) => ({
      url,
      octets: await sourceOf(url),
    }));
    if (kind !== "spider" || broken !== null) return { ...common, kind, runs, ...modulesOf(graph) };
    const plugin = await inspect(graph, path);
    const published = plugin.beyond.length > 0
      ? "runs from a URL only when it is added with --allow"
      : "runs from a URL without access of its own";
    return {
      ...common,
      ...plugin.known.data,
      runs,
      published,
      ...modulesOf(graph),
      asks: asksFor(plugin),
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...common, kind, runs, published: `cannot run from a URL: ${error.message}` };
  }
}

async function sourceOf(url: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(new URL(url));
  } catch (error) {
    throw new Failure(`${url} cannot be read: ${fileError(error)}`, { cause: error });
  }
}

function modulesOf({ sha256, modules }: Graph): Info {
  return {
    sha256,
    modules: modules.map(({ url, sha256, octets }) => ({ url, sha256, size: octets.length })),
  };
}

/** One line per member and per module. */
function text(info: Info): string {
  return Object.entries(info).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    if (name === "modules") {
      return (value as { url: string; sha256: string; size: number }[]).map(
        ({ url, sha256, size }) => `  ${sha256}  ${size} octets  ${url}`,
      );
    }
    if (name === "asks") return (value as string[]).map((line) => `  ${line}`);
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return [cleaned(`${name}: ${shown}`)];
  }).join("\n");
}
