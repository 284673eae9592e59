import { z } from "zod";
import { TEST_STATES } from "../../../contract/experiment_event.ts";
import type { ExperimentReport } from "../../../contract/experiment_report.ts";
import { Failure } from "../../../host/failure.ts";
import { schemaFaults } from "../../../plugin/form.ts";
import { flag, list, must, oneOf } from "../../../plugin/schema/words.ts";
import { cleaned } from "../../../target/quote.ts";

/** Characters of a report, at most. */
const LONGEST = 64 << 20;
/** Faults that a message names. */
const MOST_FAULTS = 3;

const text = z.string(must("a text"));
const number = z.number(must("a number"));
const least0 = number.min(0, must("a number from 0"));
const count = z.int(must("a whole number")).min(0, must("a whole number from 0"));
const texts = list(text, "texts", "texts");
const named = <T extends z.ZodType>(of: T) => z.record(z.string(), of, must("values by names"));
const blame = oneOf(
  ["path", "service", "spider", "environment", "experiment"],
  "what was at fault",
);
const value = z.union([z.string(), z.number(), z.boolean()], must("a text, a number or a flag"));
const object = <T extends z.ZodRawShape>(shape: T) => z.object(shape, must("an object"));

const cause = object({ blame, cause: text, evidence: texts });

const expectation = object({
  expectation: text,
  met: flag("whether it was met"),
  missed: count,
  of: count,
  seen: texts.exactOptional(),
});

const hop = object({
  hop: count,
  responders: texts,
  rtt: least0.nullable(),
  unreachable: flag("whether an answer said so"),
});

const trace = object({
  address: text,
  reached: flag("whether the address answered"),
  hops: list(hop, "hops", "what answered"),
});

const localisation = object({
  feature: text,
  address: text,
  summary: list(text, "sentences", "what was found"),
});

const test = object({
  id: text,
  test: text,
  cell: named(value),
  state: oneOf(["completed", "failed", "error"], "what it came to"),
  blame: blame.nullable(),
  began: text,
  seconds: least0,
  states: z.partialRecord(z.enum(TEST_STATES), least0, must("seconds by states")),
  targets: count,
  conditions: named(count),
  expectations: list(expectation, "expectations", "how they fared"),
  causes: list(cause, "causes", "the likeliest first"),
  metrics: named(number),
  // Reports of earlier versions have none
  traces: list(trace, "traces", "what they found").default([]),
  localisations: list(localisation, "localisations", "what they found").default([]),
  wrapped: named(named(z.union([z.number(), z.string()], must("a number or a text")))),
  files: named(text),
  problem: text.nullable(),
});

const report = object({
  name: text,
  description: text.nullable(),
  version: text.nullable(),
  tags: texts,
  began: text,
  seconds: least0,
  seed: count,
  versions: named(text),
  topologies: named(text),
  tests: list(test, "tests", "what they came to"),
  interrupted: flag("whether it was interrupted"),
});

/**
 * The report of an experiment, from the text of a `report.json`. What is not known of it is left out.
 *
 * @param name of the file, for messages
 * @throws {Failure} when it is no such report
 */
export function readReport(text: string, name: string): ExperimentReport {
  const value = parsed(text, name);
  const read = report.safeParse(value);
  if (read.success) return read.data;
  const faults = schemaFaults(report, value, "a report");
  const said = faults.slice(0, MOST_FAULTS)
    .map(({ place, text }) => place === "" ? `it ${text}` : `${place} ${text}`);
  const more = faults.length - said.length;
  throw new Failure(
    `${name} is not the report of an experiment: ${said.join("; ")}${
      more > 0 ? ` and ${more} more` : ""
    }; give the report.json that spider experiment run has written`,
  );
}

function parsed(text: string, name: string): unknown {
  if (text.length > LONGEST) {
    throw new Failure(
      `${name} is longer than ${LONGEST} characters, which no report of an experiment is; ` +
        "give the report.json that spider experiment run has written",
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(
      `${name} is not JSON (${cleaned((error as Error).message)}); if its run was killed while ` +
        "it wrote, run the experiment once more",
      { cause: error },
    );
  }
}
