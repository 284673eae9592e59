import { z } from "zod";
import type { SpiderTest } from "../../contract/plugin_test.ts";
import type { Spider } from "../../contract/spider.ts";
import { quote } from "../../target/quote.ts";
import { beyond } from "../boundary.ts";
import { conditionPrefixes } from "../condition_prefixes.ts";
import { armList } from "../schema/arm.ts";
import { common, condition } from "../schema/manifest.ts";
import { code, flag, line, list, must, oneOf, sized } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

/** Each condition that is emitted is looked for among them. */
const MOST_CONDITIONS = 1000;

const hook = (summary: string) => code(summary).optional();

const schema = z.strictObject({
  kind: z.literal("spider", must('"spider"')).describe("which part of the program runs it"),
  ...common,
  connect: sized(
    list(
      line("its name"),
      "connection types",
      "the connection types it works with; the first is the default",
    ),
    { least: 1 },
    "must name a connection type",
  ),
  chains: list(
    z.union(
      [line("its name"), z.looseObject({}).describe("a chain of its own")],
      must("the name of a chain, or a chain"),
    ),
    "chains",
    "the chains it reads",
  ),
  arms: armList,
  needs: oneOf(["address", "domain"], "what a job must have").optional(),
  observe: flag("whether packets are watched").optional(),
  conditions: z.record(condition, line("its meaning"), must("an object"))
    .refine(
      (declared) => Object.keys(declared).length <= MOST_CONDITIONS,
      must(`at most ${MOST_CONDITIONS} conditions`),
    )
    .describe("every condition it can emit, with its meaning"),
  letters: z.record(
    z.string().regex(/^[A-Z]$/, must("a single capital letter")),
    line("the name of an option"),
    must("an object"),
  ).describe("which options letters in its conditions stand for").optional(),
  confirm: list(condition, "conditions", "those that chance can cause").optional(),
  locate: z.strictObject({
    names: list(condition, "dotted names", "how the conditions of localisation begin"),
    features: code("what to look for on a path"),
  }, must("an object")).describe("what --locate looks for on the paths of targets").optional(),
  init: hook("runs before the first job"),
  close: hook("runs when the run ends"),
  skip: hook("why a job cannot be measured"),
  preConnect: hook("runs once a job, before its arms"),
  postConnect: hook("runs after each arm's connection"),
  merge: hook("adds fields to an arm's record"),
  conclude: code("turns the arms' flows into conditions"),
  jobs: hook("jobs to write in place of the result"),
});

/** Spiders. */
export const kind: Kind = {
  title: "a spider",
  schema,
  computed: ["arms"],
  beyond,
  asks(data) {
    const names = (value: unknown) =>
      (Array.isArray(value) ? value : []).map((one) =>
        typeof one === "string" ? one : quote(one?.name ?? "without a name")
      ).join(", ");
    const others = conditionPrefixes({ data }).filter((prefix) => prefix !== data.name);
    return [
      `connects with: ${names(data.connect) || "known only when it runs"}`,
      `chains: ${names(data.chains) || "none that can be read"}`,
      ...(Array.isArray(data.arms) ? data.arms : []).map((arm) => {
        const { name, ...rest } = arm ?? {};
        return `arm ${quote(name)}: ${plainText(rest)}`;
      }),
      ...(others.length > 0 ? [`conditions in other names: ${others.join(", ")}`] : []),
    ];
  },
  tests: async () => (await import("../schema/tests.ts")).spiderTests,
  references: async (data, chains) =>
    await (await import("./spider_references.ts")).spiderReferences(data, chains),
  ready: async (plugin, withChains) => await withChains(plugin as Spider),
  play: async (plugin, test, options, folder) => {
    const { playSpiderTest } = await import("../testing/play_spider.ts");
    return await playSpiderTest(plugin as Spider, test as SpiderTest, options, folder);
  },
  scaffold: async (name) => (await import("../scaffold/spider.ts")).spiderScaffold(name),
};

function plainText(value: object): string {
  return Object.keys(value).length === 0 ? "a plain connection" : JSON.stringify(value);
}
