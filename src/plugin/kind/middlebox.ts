import { z } from "zod";
import type { Middlebox } from "../../contract/middlebox.ts";
import type { MiddleboxTest } from "../../contract/plugin_test.ts";
import type { Fault } from "../fault.ts";
import { common } from "../schema/manifest.ts";
import { code, line, list, must, oneOf, whole } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

/** What makes it do something: one of these, or one of the first two and a program. */
const ACTS = ["rules", "chains", "program"] as const;

const schema = z.strictObject({
  kind: z.literal("middlebox", must('"middlebox"')).describe("which part of the program runs it"),
  ...common,
  value: z.strictObject({
    type: oneOf(["integer", "probability", "milliseconds", "rate", "string"], "what it is"),
    summary: line("what it means, with its unit"),
    default: z.union([z.number(), z.string()], must("a number or a text"))
      .describe("what holds when nothing is given").optional(),
    minimum: z.number(must("a number")).describe("the least").optional(),
    maximum: z.number(must("a number")).describe("the greatest").optional(),
    pattern: line("what a text must look like, as a regular expression").optional(),
  }, must("an object")).describe("what stands behind the colon of its name").optional(),
  narrows: list(
    oneOf(["to", "port", "direction", "probability"], "a key"),
    "to, port, direction, probability",
    "what it may be told besides; all when missing",
  ).optional(),
  rules: code("its rules of nftables, in a chain of the hook forward").optional(),
  chains: code("chains of nftables of its own, at other hooks").optional(),
  relays: whole(1, 65535, "a TCP port where redirected connections are taken and led on")
    .optional(),
  at: oneOf(["forward", "output"], "which packets its program meets").optional(),
  program: code("begins what looks at each packet").optional(),
  sysctls: z.record(
    z.string().regex(/^net\.[a-z0-9_.]+$/, must("settings whose names begin with net.")),
    line("its value"),
    must("an object"),
  ).describe("kernel settings that its router must have").optional(),
});

/** Middleboxes in labs. */
export const kind: Kind = {
  title: "a middlebox",
  schema,
  computed: [],
  beyond: () => ["what runs with all rights in a lab: rules, or a program"],
  asks: (data) => [
    "runs: in labs, as root",
    ...(data.sysctls === undefined
      ? []
      : [`settings of its router: ${Object.keys(Object(data.sysctls)).join(", ")}`]),
  ],
  tests: async () => (await import("../schema/tests.ts")).middleboxTests,
  references: (data) => Promise.resolve(references(data)),
  play: async (plugin, test) => {
    const { playMiddleboxTest } = await import("../testing/play_middlebox.ts");
    return playMiddleboxTest(plugin as Middlebox, test as MiddleboxTest);
  },
  scaffold: async (name) => (await import("../scaffold/middlebox.ts")).middleboxScaffold(name),
};

/** Faults beyond the form. */
function references(data: Readonly<Record<string, unknown>>): Fault[] {
  const acts = ACTS.filter((act) => data[act] !== undefined);
  if (acts.length === 0) return [{ place: "", text: `it has none of ${ACTS.join(", ")}` }];
  // A program may say the same as rules, for where there is no kernel
  if (data.rules === undefined || data.chains === undefined) return [];
  return [{ place: "", text: "it has rules and chains: let it have one of them" }];
}
