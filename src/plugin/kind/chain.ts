import { z } from "zod";
import type { Chain } from "../../contract/chain.ts";
import type { ChainTest } from "../../contract/plugin_test.ts";
import { HOOKS, isPlainFunction } from "../../observe/js/hooks.ts";
import { common } from "../schema/manifest.ts";
import { must } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

const hook = z.custom(
  isPlainFunction,
  {
    error: ({ input }) => typeof input === "function" ? "must not be async" : "must be a function",
  },
).describe("a function, which JSON does not have").optional();

const { name, ...rest } = common;

const schema = z.strictObject({
  kind: z.literal("chain", must('"chain"')).describe("which part of the program runs it")
    .optional(),
  name,
  ...z.object(rest).partial().shape,
  fields: z.record(
    z.string(),
    z.object({
      type: z.string().describe(
        "boolean, integer, number or string, each with ? where it may be null; or json",
      ),
      summary: z.string().describe("what it means, with its unit"),
      initial: z.unknown().describe("its value in a new flow"),
    }),
    must("an object"),
  ).describe("every field that it sets"),
  ...Object.fromEntries(HOOKS.map((name) => [name, hook])),
});

/** Chains in JavaScript. */
export const kind: Kind = {
  title: "a chain",
  schema: schema as unknown as z.ZodObject,
  computed: [],
  beyond: () => [],
  asks: (data) => [
    "sees: every packet that is observed with it",
    `fields: ${Object.keys(Object(data.fields)).join(", ") || "none that can be read"}`,
  ],
  tests: async () => (await import("../schema/tests.ts")).chainTests,
  references: async (data) => (await import("./chain_references.ts")).chainReferences(data),
  play: async (plugin, test, _options, folder) => {
    const { playChainTest } = await import("../testing/play_chain.ts");
    return playChainTest(plugin as Chain, test as ChainTest, folder);
  },
  scaffold: async (name) => (await import("../scaffold/chain.ts")).chainScaffold(name),
};
