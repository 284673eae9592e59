import { z } from "zod";
import type { Environment } from "../../contract/environment.ts";
import type { EnvironmentTest } from "../../contract/plugin_test.ts";
import type { Fault } from "../fault.ts";
import { common } from "../schema/manifest.ts";
import { code, flag, line, must, oneOf } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

const schema = z.strictObject({
  kind: z.literal("environment", must('"environment"')).describe(
    "which part of the program runs it",
  ),
  ...common,
  type: oneOf(["network", "execution"], "where services run, or what wraps them"),
  topology: oneOf(["namespaces", "host", "simulated"], "of a network: how it comes about")
    .optional(),
  program: line("its program, which is found on the path").optional(),
  package: line("the Debian package that has it").optional(),
  wantsImage: flag("of a network: whether each service must name an image").optional(),
  place: code("of a network: the command that runs another one where it is to run").optional(),
  remove: code("of a network: a command that removes what a killed one may have left").optional(),
  wrap: code("of execution: the command in place of another one").optional(),
  stop: oneOf(["SIGTERM", "SIGINT", "SIGQUIT"], "of execution: the signal that ends it").optional(),
  summarize: code("of execution: sums up what was written").optional(),
});

/** What only one of the types has. */
const MEMBERS = {
  network: { must: ["topology"], may: ["wantsImage", "place", "remove"] },
  execution: { must: ["program", "package", "wrap"], may: ["stop", "summarize"] },
} as const;

/** Environments of experiments. */
export const kind: Kind = {
  title: "an environment",
  schema,
  computed: [],
  beyond: () => ["commands that run with all rights in experiments"],
  asks: ({ topology, program, package: from }) => [
    ...(topology === undefined ? [] : [`network: ${String(topology)}`]),
    ...(program === undefined ? [] : [`runs: ${String(program)} of the package ${String(from)}`]),
  ],
  tests: async () => (await import("../schema/tests.ts")).environmentTests,
  references: (data) => Promise.resolve(references(data)),
  play: async (plugin, test, options) => {
    const { playEnvironmentTest } = await import("../testing/play_environment.ts");
    return playEnvironmentTest(plugin as Environment, test as EnvironmentTest, options);
  },
  scaffold: async (name) => (await import("../scaffold/environment.ts")).environmentScaffold(name),
};

/** Members that its type lacks, or that only the other type has. */
function references(data: Readonly<Record<string, unknown>>): Fault[] {
  const { type } = data;
  if (type !== "network" && type !== "execution") return [];
  const other = MEMBERS[type === "network" ? "execution" : "network"];
  const shared = ["program", "package"];
  const foreign = [...other.must, ...other.may].filter((name) => !shared.includes(name));
  return [
    ...MEMBERS[type].must.filter((name) => data[name] === undefined)
      .map((place) => ({
        place,
        text: `is missing: every environment of the type ${type} has it`,
      })),
    ...foreign.filter((name) => data[name] !== undefined)
      .map((place) => ({ place, text: `is no member of an environment of the type ${type}` })),
  ];
}
