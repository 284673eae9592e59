import type { Hono } from "hono";
import { z } from "zod";
import type { Spider } from "../../contract/spider.ts";
import { armsOf } from "../../measure/arms.ts";
import { readValues, valuesSchema } from "../../plugin/schema/option.ts";
import { isPluginName } from "../../plugin/source.ts";
import { loadSpider, spiderNames } from "../../plugin/spiders.ts";
import { USUAL } from "../../plugin/settings.ts";
import type { Config } from "../config/schema.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { ProblemError } from "../http/problem.ts";
import { requireScope } from "../keys/access.ts";

/** What this server can measure. */
export function spiderRoutes(app: Hono<ServeEnvironment>, config: () => Config): void {
  const load = (name: string) => loadSpider(name, { ...USUAL, folders: config().plugin_folders });

  app.get("/spiders", async (context) => {
    requireScope(context.get("caller"), "read");
    const all = await Promise.all(spiderNames().map(async (name) => (await load(name))!));
    return context.json({
      spiders: all.map(({ name, version, summary }) => ({
        ...{ name, version, summary },
        links: { self: `/spiders/${name}` },
      })),
    });
  });

  app.get("/spiders/:name", async (context) => {
    requireScope(context.get("caller"), "read");
    const { name } = context.req.param();
    const spider = isPluginName(name) ? await load(name) : undefined;
    if (spider === undefined) throw new ProblemError(404, `there is no spider ${name}`);
    return context.json(spiderRecord(spider));
  });
}

function spiderRecord(spider: Spider) {
  const {
    name,
    version,
    summary,
    references = [],
    connect,
    conditions,
    needs = "address",
    options = {},
  } = spider;
  return {
    ...{ name, version, summary, references, connect, needs, conditions },
    options: z.toJSONSchema(valuesSchema(options), { io: "input" }),
    // As a command line takes them
    flags: options,
    arms: armsOf(spider, readValues(options, {})).map(({ name }) => name),
  };
}
