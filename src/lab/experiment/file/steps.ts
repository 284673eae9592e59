import { z } from "zod";
import { line, list, must, sized, whole } from "../../../plugin/schema/words.ts";
import { labName, time } from "../../file/lab_file.ts";
import { object } from "../../file/yaml.ts";

const MOST_STEPS = 100;

const services = object({
  services: list(labName, "services", "which; all when missing").optional(),
}, "an object with services, or nothing");

/** Options of one of the program's own commands, as words. */
const more = list(line("a word"), "words", "further options of the command").default([]);

const shapes = {
  start: services.describe("starts services under test, those that others depend on first"),
  "wait-ready": services.describe("waits until they are ready"),
  measure: object({
    service: labName.describe("the tester; all of them when missing").optional(),
    options: more,
  }, "an object with service and options, or nothing").describe("runs testers to their end"),
  trace: object({
    from: labName.describe("the host that probes").optional(),
    to: labName.describe("the service whose addresses are probed"),
    options: more,
  }, "an object with to").describe("finds the routers on the way (spider trace)"),
  locate: object({
    feature: line("what is looked for, as spider locate takes it: ecn, dscp:46"),
    from: labName.describe("the host that probes").optional(),
    to: labName.describe("the service whose addresses are probed"),
    options: more,
  }, "an object with feature and to").describe("finds the hop that meddles (spider locate)"),
  exec: object({
    host: labName.describe("where it runs; this host when missing").optional(),
    command: z.union([
      line("a line for sh"),
      sized(list(line("a word"), "words", "them"), { least: 1 }, "must name a program"),
    ], must("a line for sh, or a list of words")),
    status: whole(0, 255, "the status that it must end with").default(0),
    timeout: time.describe("how long it may take; 60 s when missing").default(60_000),
  }, "an object with command").describe("runs a command"),
  sleep: time.describe("waits"),
  stop: services.describe("ends services in order, the last one first"),
} as const;

/** Names of steps. */
export const STEPS = Object.keys(shapes) as readonly (keyof typeof shapes)[];

type Shapes = { readonly [Name in keyof typeof shapes]: z.output<(typeof shapes)[Name]> };

/** A step with what it is told. */
export type Step = {
  readonly [Name in keyof Shapes]: { readonly name: Name; readonly told: Shapes[Name] };
}[keyof Shapes];

const steps = object(
  Object.fromEntries(
    STEPS.map((name) => [
      name,
      name === "sleep"
        ? shapes[name].optional()
        : z.preprocess((told) => told ?? {}, shapes[name]).optional(),
    ]),
  ),
  `one of ${STEPS.join(", ")}`,
);

const one = z.preprocess(
  (step) => typeof step === "string" ? { [step]: {} } : step,
  steps,
).transform((step, context): Step => {
  const given = Object.entries(step).filter(([, told]) => told !== undefined);
  if (given.length !== 1) {
    context.addIssue({ code: "custom", message: `must be one of ${STEPS.join(", ")}` });
    return z.NEVER;
  }
  const [name, told] = given[0]!;
  return { name, told } as Step;
});

/** The steps of a test. */
export const stepList = sized(
  list(one, "steps", "what is done, in order"),
  { most: MOST_STEPS },
  `must be at most ${MOST_STEPS} steps`,
);
