import { z } from "zod";
import { destinationAnswer } from "../deliveries/answers.ts";
import { conditionCounts, count, links, moment, text } from "../openapi/words.ts";
import { measurementRequest } from "./request.ts";
import { GROUPINGS } from "./result_groups.ts";

const { schedule, name, spider } = measurementRequest.shape;
const state = z.enum(["scheduled", "queued", "running", "completed", "failed", "stopped"])
  .describe("it waits for its time, for its turn, or runs; or has ended for good");
const run = z.int().min(1).describe("the run that is under way or comes next, from 1");

/** A measurement, as `measurementRecord` makes it. */
export const measurementAnswer = measurementRequest.omit({ targets: true, deliver: true }).extend({
  id: text("by which it is asked for"),
  state,
  deliver: z.array(destinationAnswer).describe("where the end of each run is told"),
  created: moment("when it was asked for"),
  started: moment("when its last run began").nullable(),
  ended: moment("when it ended for good").nullable(),
  next: moment("when its next run begins; null where none does, or one runs").nullable(),
  problem: text("why it failed, as a sentence without a full stop").nullable(),
  run,
  targets: z.object({
    all: count("how many it has"),
    done: count("how many the run is through with"),
    skipped: count("those of the run that could not be measured"),
  }),
  results: count("how many there are, of all runs"),
  conditions: conditionCounts,
  links: links("self", "results", "events", "deliveries"),
}).meta({ id: "Measurement", description: "a measurement: what was asked for, and how far it is" });

/** When measurements are made, as `scheduleRecord` makes it. */
export const scheduleAnswer = z.object({
  id: text("the id of the measurement"),
  ...{ state, spider, run },
  name: name.unwrap().nullable(),
  schedule: schedule.unwrap().nullable().describe("null for what is made once"),
  last: moment("when its last run began").nullable(),
  next: moment("when its next run begins").nullable(),
  links: links("self"),
}).meta({ id: "Planned", description: "what is made when, next and last" });

/** What one run came to. */
export const runAnswer = z.object({
  run: z.int().min(1),
  time: moment("when its first result began"),
  results: count("how many it has"),
  conditions: conditionCounts,
}).meta({ id: "Run", description: "what one run came to" });

/** Results by their networks. */
export const groupsAnswer = z.object({
  by: z.enum(GROUPINGS),
  condition: text("whose share is compared"),
  run: z.int().min(1),
  results: count("results of the run that have an address"),
  having: count("those that have the condition"),
  count: count("how many groups there are"),
  offered: z.array(z.enum(GROUPINGS)).describe("by what this server can put them together"),
  groups: z.array(z.object({
    group: text("a prefix, AS64496 or DE; empty where that is not known"),
    name: text("what the table of networks calls it").nullable(),
    results: count("how many are in it"),
    having: count("those that have the condition"),
    stands_out: z.boolean().describe("whether its share is above what chance makes of so many"),
  })).describe("those that stand out most come first"),
}).meta({ id: "Groups", description: "results of a run by prefix, AS or country" });

/** A result, as `spider measure` writes it, with the run that it is of. */
export const resultLine = z.looseObject({
  dip: text("the address that was measured").optional(),
  domain: text("its name").optional(),
  sip: text("the address of this host").optional(),
  time: z.object({
    from: moment("when it began"),
    to: moment("when it ended"),
  }).optional(),
  conditions: z.array(z.string()).optional().describe("what was concluded"),
  run: z.int().min(1).optional().describe("the run that it is of, where the measurement repeats"),
}).meta({
  id: "Result",
  description: "the keys of the target, and what was found: `spider help results`",
});
