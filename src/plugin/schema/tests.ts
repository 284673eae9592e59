import { z } from "zod";
import { ENDPOINT_METHODS } from "../../contract/endpoint.ts";
import { EVENT_TYPES } from "./event_types.ts";
import { line, list, must, oneOf, sized, whole } from "./words.ts";

const object = must("an object");
const fields = z.record(z.string(), z.unknown(), object);
const text = z.string(must("a text"));
const texts = z.record(z.string(), text, object);

const outcome = z.enum(
  ["ok", "refused", "timeout", "unreachable", "reset", "failed"],
  must("one of ok, refused, timeout, unreachable, reset, failed"),
);

const packets = {
  packets: text.describe("a packet a line").optional(),
  capture: text.describe("a capture file").optional(),
};

const testArm = z.strictObject({
  ...packets,
  socket: z.union([
    outcome,
    z.strictObject({ outcome, errno: text.nullable().optional(), fields: fields.optional() }),
  ], must('an outcome such as "ok", or an object with one')).optional(),
  flow: fields.describe("what its record must have").optional(),
}, object);

/** Tests of a spider. */
export const spiderTests = list(
  z.strictObject({
    name: line("what it shows"),
    job: fields.optional(),
    options: fields.optional(),
    connect: text.optional(),
    arms: z.record(z.string(), testArm, object).optional(),
    conditions: list(text, "conditions", "what must be concluded").optional(),
    skip: text.describe("why the job must be skipped").optional(),
    jobs: list(fields, "jobs", "the jobs that must come out").optional(),
  }, must("a test, which is an object")),
  "tests",
  "tests of a spider",
);

/** Tests of a middlebox. */
export const middleboxTests = list(
  z.strictObject({
    name: line("what it shows"),
    value: z.union([z.number(), z.string()], must("a number or a text")).optional(),
    packets: text.describe("a packet a line").optional(),
    dropped: z.int(must("a whole number")).describe("how many packets are dropped").optional(),
    random: z.number(must("a number")).min(0).max(1).describe("its random number").optional(),
    flows: list(fields, "records", "what the record of each flow must have").optional(),
    ip: z.enum(["ip", "ip6"], must("ip or ip6")).optional(),
    rules: list(text, "rules", "what its rules must be").optional(),
  }, must("a test, which is an object")),
  "tests",
  "tests of a middlebox",
);

/** Tests of a protocol. */
export const protocolTests = list(
  z.strictObject({
    name: line("what it shows"),
    version: text.describe("the version's name"),
    is: fields.describe("members that it must have"),
  }, must("a test, which is an object")),
  "tests",
  "tests of a protocol",
);

const servicePort = z.strictObject({
  protocol: text,
  version: text,
  transport: z.enum(["tcp", "udp"], must("tcp or udp")),
  port: z.int(must("a port")),
  tls: z.boolean(must("true or false")),
}, object);

/** Tests of a service. */
export const serviceTests = list(
  z.strictObject({
    name: line("what it shows"),
    ports: list(servicePort, "ports", "what it is to speak"),
    options: fields.optional(),
    files: texts.describe("a text that stands in each").optional(),
    arguments: list(text, "texts", "words among its arguments").optional(),
    peers: list(
      z.strictObject({ name: text, role: text, address: text, port: servicePort }, object),
      "peers",
      "other services that it is told of",
    ).optional(),
    target: z.strictObject({
      name: text,
      address: text,
      family: z.union([z.literal(4), z.literal(6)], must("4 or 6")),
      port: servicePort,
    }, object).describe("of a tester: what it tests").optional(),
    run: z.strictObject({
      status: z.int(must("a whole number")),
      stdout: text,
      stderr: text,
      late: z.boolean(must("true or false")),
      files: texts,
    }, object).partial().describe("of a tester: how a run of it went").optional(),
    conditions: list(text, "conditions", "what must come of the run").optional(),
    metrics: z.record(z.string(), z.number(must("a number")), object)
      .describe("metrics that must come of it").optional(),
  }, must("a test, which is an object")),
  "tests",
  "tests of a service",
);

/** Tests of an environment. */
export const environmentTests = list(
  z.strictObject({
    name: line("what it shows"),
    options: fields.optional(),
    command: sized(list(text, "words", "the command"), { least: 1 }, "must name a program")
      .optional(),
    variables: texts.describe("variables of the command").optional(),
    placing: z.strictObject({
      host: text,
      namespace: text.nullable(),
      name: text,
      folder: text,
      reads: list(text, "paths", "further files and folders that it reads"),
      image: text.nullable(),
    }, object).partial().optional(),
    words: list(text, "texts", "words of the command that comes out").optional(),
    without: list(text, "texts", "words that it must not have").optional(),
    files: texts.describe("files that were written").optional(),
    summary: z.record(
      z.string(),
      z.union([z.number(), z.string()], must("a number or a text")),
      object,
    ).describe("what must come of the files").optional(),
  }, must("a test, which is an object")),
  "tests",
  "tests of an environment",
);

/** Tests of an observer. */
export const observerTests = list(
  z.strictObject({
    name: line("what it shows"),
    options: fields.optional(),
    events: list(
      z.looseObject({ type: z.enum(EVENT_TYPES, must("a type of event")) }, must("an event")),
      "events",
      "what happens",
    ),
    lines: list(text, "texts", "the lines that it must print"),
  }, must("a test, which is an object")),
  "tests",
  "tests of an observer",
);

/** Tests of an endpoint. */
export const endpointTests = list(
  z.strictObject({
    name: line("what it shows"),
    options: fields.optional(),
    request: z.strictObject({
      method: oneOf(ENDPOINT_METHODS, "its method").optional(),
      path: z.string(must("a text")).describe("what follows the route").optional(),
      query: z.record(
        z.string(),
        z.union([text, list(text, "texts", "values")], must("a text or a list of texts")),
        object,
      ).describe("parameters of the query").optional(),
      headers: texts.describe("headers").optional(),
      body: z.unknown().describe("what JSON said, or a text").optional(),
      client: line("the address of who asks").optional(),
    }, object).describe("the request"),
    status: whole(100, 599, "the status of the answer").optional(),
    value: z.unknown().describe("what the answer must be").optional(),
    has: fields.describe("members that it must have").optional(),
    headers: texts.describe("headers that it must have").optional(),
  }, must("a test, which is an object")),
  "tests",
  "tests of an endpoint",
);

/** Tests of a chain. */
export const chainTests = list(
  z.strictObject({
    name: line("what it shows"),
    ...packets,
    flows: list(fields, "records", "what the record of each flow must have"),
  }, must("a test, which is an object")),
  "tests",
  "tests of a chain",
);
