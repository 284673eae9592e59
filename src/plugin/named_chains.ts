import type { Chain } from "../contract/chain.ts";
import type { Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { chains as shipped } from "../observe/chains.ts";
import { withMembers } from "./sandbox/spider.ts";
import type { PluginSettings } from "./settings.ts";

/**
 * A spider with the chains that it names.
 *
 * @throws {Failure} as {@linkcode namedChains}
 */
export async function withChains(spider: Spider, settings: PluginSettings): Promise<Spider> {
  const chains = await namedChains(spider, settings);
  return chains === spider.chains ? spider : withMembers(spider, { chains });
}

/**
 * The chains of a spider, loaded where they are plugins: in a folder of plugins, or added.
 *
 * @returns its own list where all of them ship with the program
 * @throws {Failure} when there is no chain of a name, or it cannot be loaded
 */
export async function namedChains(
  spider: Pick<Spider, "name" | "chains">,
  settings: PluginSettings,
): Promise<readonly (string | Chain)[]> {
  const names = shipped().map(({ name }) => name);
  const isShipped = (chain: string | Chain) => typeof chain !== "string" || names.includes(chain);
  if (spider.chains.every(isShipped)) return spider.chains;
  const { loadChain } = await import("./chains.ts");
  return await Promise.all(spider.chains.map(async (chain) => {
    if (isShipped(chain)) return chain;
    const loaded = await loadChain(chain as string, settings);
    if (loaded !== undefined) return loaded;
    throw new Failure(
      `the spider ${spider.name} names the chain ${chain}, and there is none of that name: add it, ` +
        `or put it into a plugin folder; ${names.join(", ")} ship with the program`,
    );
  }));
}
