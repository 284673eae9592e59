import { z } from "zod";
import { flag, line, list, must, oneOf, sized, whole } from "../../../plugin/schema/words.ts";
import { EVENT_KINDS } from "../../../contract/experiment_event.ts";
import { LOG_LEVELS } from "../../../host/log_level.ts";
import {
  labFile,
  labName,
  type MiddleboxEntry,
  middleboxFields,
  share,
  time,
} from "../../file/lab_file.ts";
import { object } from "../../file/yaml.ts";
import { stepList } from "./steps.ts";

const MOST_TESTS = 200;
const MOST_VALUES = 200;
const MOST_SERVICES = 50;
const MOST_ITERATIONS = 1000;
/** The most targets that a test has at one place of its matrix. */
export const MOST_TARGETS = 1000;

const word = (summary: string) => line(summary);
const words = (what: string, summary: string) => list(word("one of them"), what, summary);

const cellValue = z.union(
  [z.string().regex(/^\P{C}+$/u), z.number(), z.boolean()],
  must("a text, a number, true or false"),
);

const values = z.record(
  z.string().regex(/^[a-z][a-z0-9_]*$/, must("lower case letters, digits and underscores")),
  cellValue,
  must("values by their names"),
);

const place = z.record(
  z.string(),
  z.union([cellValue, list(cellValue, "values", "them")], must("a value, or a list of values")),
  must("values by their names"),
);

const version = z.union([z.string(), z.number()], must("a version")).transform(String);

const protocol = z.union([
  word("a protocol").transform((name) => ({ name })),
  object({
    name: word("its name; of a spider the way that it connects").optional(),
    version: version.describe("the version that is spoken; all it can when missing").optional(),
    role: word("the role of the service").optional(),
    target: z.union([labName, list(labName, "services", "them")], must("a service, or several"))
      .transform((target) => [target].flat())
      .describe("the services that it talks to").optional(),
  }, "a name, or an object"),
], { error: () => "must be a name, or an object with name, version, role, target" });

const port = whole(1, 65535, "a port");
const ports = z.union([port, list(port, "ports", "them")], must("a port, or a list of ports"))
  .transform((all) => [all].flat());

const service = object({
  implementation: word("a service, or a spider as a tester; the matrix has it when missing")
    .optional(),
  type: oneOf(["iut", "tester"], "an implementation under test, or what tests it").optional(),
  protocol: protocol.describe("what it speaks").optional(),
  host: labName.describe("where it runs").optional(),
  ports: ports.describe("where it listens, where those are not the usual ports").optional(),
  depends_on: list(labName, "services", "what must be ready before it starts").default([]),
  timeout: time.describe("how long it may take: to be ready, or, of a tester, to the end")
    .optional(),
  critical: flag("whether its failure ends the test").default(true),
  options: z.record(word("an option"), z.unknown(), must("options by their names"))
    .describe("values of its options").default({}),
  image: word("the image, or the folder of a root file system, that a container has").optional(),
}, "an object");

const networkEnvironment = z.union([
  word("its type").transform((type) => ({ type, options: {} })),
  object({
    type: word("an environment of the type network").default("netns"),
    topology: z.union([
      word("the file of a lab"),
      labFile,
    ], { error: () => "must be the file of a lab, or one with hosts, routers and links" })
      .describe("hosts, routers and links; a client, a router and a server when missing")
      .optional(),
    middleboxes_at: labName.describe("the router that has those of the matrix").optional(),
    options: z.record(word("an option"), z.unknown(), must("options by their names")).default({}),
  }, "a type, or an object"),
], { error: () => "must be a type, or an object" });

const executionEnvironment = z.union([
  word("its type").transform((type) => ({ type, options: {}, services: undefined })),
  object({
    type: word("an environment of the type execution"),
    services: list(labName, "services", "those that it wraps; all under test when missing")
      .optional(),
    options: z.record(word("an option"), z.unknown(), must("options by their names")).default({}),
  }, "a type, or an object with type"),
], { error: () => "must be a type, or an object with type" });

const iterations = z.union([
  whole(1, MOST_ITERATIONS, "how often"),
  object({
    count: whole(1, MOST_ITERATIONS, "how often, with each set").default(1),
    parameter_sets: sized(
      list(values, "sets", "values that ${NAME} stands for"),
      { least: 1, most: MOST_VALUES },
      `must be one set or more, at most ${MOST_VALUES}`,
    ).optional(),
  }, "a number, or an object"),
], { error: () => "must be a number, or an object with count and parameter_sets" });

function axisOf<T extends z.ZodType>(value: T) {
  return sized(
    list(value, "values", "its values"),
    { least: 1, most: MOST_VALUES },
    `must have a value, and at most ${MOST_VALUES}`,
  );
}
const axis = axisOf(cellValue);

const middlebox = z.union([
  word("a middlebox").transform((name) => ({ name, middlebox: name })),
  object({
    name: word("how when and the report call it"),
    ...middleboxFields,
  }, "a name, or an object with name and middlebox"),
], { error: () => "must be a name, or an object with name, middlebox and what narrows it" });

const matrix = object({
  spider: axis.describe("spiders that measure").optional(),
  middlebox: axisOf(middlebox).describe("middleboxes on the way; transparent is none").optional(),
  service: axis.describe("services under test").optional(),
  ip: sized(
    list(z.union([z.literal(4), z.literal(6)], must("4 or 6")), "4 and 6", "IP versions"),
    { least: 1 },
    "must have 4, 6 or both",
  ).optional(),
  exclude: list(place, "places", "places of the matrix that are left out").default([]),
}, "an object with spider, middlebox, service, ip, exclude");

const expectation = object({
  when: place.describe("where it holds, by values of the matrix; everywhere when missing")
    .default({}),
  service: labName.describe("the tester that it is about; all when missing").optional(),
  must: words("conditions", "what every result has").default([]),
  may: words("conditions", "what it may have besides; then it has nothing else").optional(),
  must_not: words("conditions", "what no result has").default([]),
  tolerance: share.describe("the share of results that may differ").default(0),
  flow: z.record(word("a field"), z.unknown(), must("fields by their names"))
    .describe("fields of flow records: ARM.FIELD, or FIELD for each arm").default({}),
}, "an object with must, may or must_not");

const command = object({
  host: labName.describe("where it runs; this host, outside of the network, when missing")
    .optional(),
  command: z.union([
    word("a line for sh"),
    sized(words("words", "the program and its arguments"), { least: 1 }, "must name a program"),
  ], must("a line for sh, or a list of words")),
  timeout: time.describe("how long it may take; 60 s when missing").default(60_000),
}, "an object with command");

const test = object({
  name: labName.describe("its name"),
  description: line("what it shows").optional(),
  network_environment: networkEnvironment.prefault("netns"),
  services: z.record(labName, service, must("services by their names"))
    .refine((all) => Object.keys(all).length <= MOST_SERVICES, {
      error: `must be at most ${MOST_SERVICES} services`,
    }),
  execution_environment: z.union([
    executionEnvironment.transform((one) => [one]),
    list(executionEnvironment, "environments", "what wraps the services"),
  ]).default([]),
  targets: whole(1, MOST_TARGETS, "addresses that are measured at each place of the matrix")
    .default(1),
  domain: line("the name by which spiders call the targets, in TLS and HTTP").optional(),
  steps: stepList.prefault(["start", "wait-ready", "measure", "stop"]),
  pre_commands: list(command, "commands", "what runs before the steps").default([]),
  post_commands: list(command, "commands", "what runs after them").default([]),
  iterations: iterations.default(1),
  matrix: matrix.default({ exclude: [] }),
  expect: list(expectation, "expectations", "what must come out").default([]),
  timeout: time.describe("how long the test may take; 5 minutes when missing").default(300_000),
  continue_on_failure: flag("whether steps go on after one that failed").default(false),
  collect_artifacts: oneOf(
    ["all", "records", "none"],
    "what is kept: captures and logs too, results and logs, or the report alone",
  ).default("records"),
}, "an object with name and services");

const observer = z.union([
  word("an observer").transform((observer) => ({ observer, options: {} })),
  object({
    observer: word("an observer, by its name, file or URL"),
    options: z.record(word("an option"), z.unknown(), must("options by their names")).default({}),
  }, "a name, or an object with observer"),
], { error: () => "must be a name, or an object with observer" });

const logLevel = oneOf(LOG_LEVELS, "the least that is logged");

/** An experiment as a file describes it. */
export const experimentFile = object({
  name: labName.describe("its name"),
  description: line("what it shows").optional(),
  author: line("who wrote it").optional(),
  version: line("its version").optional(),
  tags: words("words", "by which it is found").default([]),
  seed: whole(0, 0xffff_ffff, "where all random numbers begin").default(1),
  paths: object({
    results: line("the folder in which the results folders are; spider-results when missing")
      .optional(),
  }, "an object with results").default({}),
  logging: object({
    level: logLevel.default("info"),
    features: object(
      Object.fromEntries(EVENT_KINDS.map((kind) => [kind, logLevel.optional()])),
      "levels by kinds of event",
    ).default({}),
  }, "an object with level and features").default({ level: "info", features: {} }),
  progress: flag("whether progress is shown on a terminal").default(true),
  metrics: flag("whether numbers of testers and wrappers are collected").default(true),
  observers: list(observer, "observers", "what is told of each event").default([]),
  parallel: whole(1, 64, "tests that run side by side").default(2),
  fast_fail: flag("whether the first test that fails ends the experiment").default(false),
  tests: sized(
    list(test, "tests", "what is tested"),
    { least: 1, most: MOST_TESTS },
    `must be one test or more, at most ${MOST_TESTS}`,
  ),
}, "an experiment: a name and tests");

/** See {@linkcode experimentFile}. */
export type ExperimentFile = z.output<typeof experimentFile>;

/** A test as the file describes it. */
export type TestEntry = ExperimentFile["tests"][number];

/** An observer as the file describes it. */
export type ObserverEntry = ExperimentFile["observers"][number];

/** Selects cells of a matrix: for each name the value that they have, or several of which they have one. */
export type CellSelector = Expectation["when"];

/** A middlebox of a matrix as the file describes it. */
export type BoxOfMatrix = Exclude<MiddleboxEntry, string> & { readonly name: string };

/** A service of a test as the file describes it. */
export type ServiceOfTest = TestEntry["services"][string];

/** An expectation as the file describes it. */
export type Expectation = TestEntry["expect"][number];

/** A command before or after the steps. */
export type CommandEntry = TestEntry["pre_commands"][number];
