import { z } from "zod";
import type { Spider } from "../../../contract/spider.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { optionsSchema } from "../../../plugin/schema/option.ts";
import { isPluginName } from "../../../plugin/source.ts";
import type { Spiders } from "../../command.ts";
import { nonsense, RemoteFailure } from "./failure.ts";
import type { RemoteServer } from "./server.ts";

/** Spiders of a server at most, and words of one. */
const MOST = 10_000;

const word = z.string().max(MOST).regex(/^\P{C}*$/u);
const name = word.refine(isPluginName);
const words = z.array(word).max(MOST);

const list = z.object({ spiders: z.array(z.object({ name })).max(MOST) });

const record = z.object({
  name,
  version: word,
  summary: word,
  references: words,
  connect: z.tuple([word], word),
  needs: z.enum(["address", "domain"]),
  conditions: z.record(word, word),
  arms: z.tuple([word], word),
  flags: optionsSchema,
});

/**
 * The spiders that a server has, as far as a command line needs to know them: their options, and what help
 * says. What they conclude runs there.
 */
export async function spidersOf(server: RemoteServer): Promise<Spiders> {
  const { spiders } = await server.record(list, "spiders");
  const names = spiders.map(({ name }) => name);
  return {
    spiderNames: () => names,
    pluginNames: () => Promise.resolve(names),
    async loadSpider(asked) {
      if (!isPluginName(asked)) {
        throw new UsageError(`a server runs its own spiders, by name: ${names.join(", ")}`);
      }
      const found = await server.record(record, `spiders/${asked}`).catch((error) => {
        if (error instanceof RemoteFailure && error.status === 404) return undefined;
        throw error;
      });
      if (found === undefined) return undefined;
      if (found.name !== asked) throw nonsense(server.host, `its spider ${asked} is another one`);
      return spiderOf(found);
    },
    withOptions: (spider) => Promise.resolve(spider),
  };
}

function spiderOf({ arms, flags, needs, ...described }: z.output<typeof record>): Spider {
  const [first, ...others] = arms;
  return {
    ...described,
    kind: "spider",
    api: "^1",
    needs: needs as "address",
    chains: [],
    arms: [{ name: first }, ...others.map((name) => ({ name }))],
    options: flags,
    conclude: () => {
      throw new Error("the spider of a server concludes there");
    },
  } as Spider;
}
