import { z } from "zod";
import { MEASURE_DEFAULTS, MEASURE_LIMITS } from "../../run/limits.ts";
import { deliverRequest } from "../deliveries/destination.ts";
import { scheduleRequest } from "./schedule.ts";
import { flag, line, must, sized, whole } from "../../plugin/schema/words.ts";

/** Most targets that stand in a request itself. */
export const MOST_INLINE = 100_000;
/** Octets of a request at most: so many targets, each an object with an address and a port. */
export const MOST_OCTETS = 8 << 20;

const { workers, timeoutMs, seed, repeat, rate } = MEASURE_LIMITS;

const number = (minimum: number, maximum: number, summary: string) => {
  const said = must(`a number from ${minimum} to ${maximum}`);
  return z.number(said).min(minimum, said).max(maximum, said).describe(summary);
};

const target = z.union([
  line("an address or a name"),
  z.record(z.string(), z.unknown(), must("an object")),
], must("an address, a name, or an object with dip or domain"));

/** How to measure, as `POST /measurements` takes it. */
export const measurementRequest = z.strictObject({
  name: line("what it is called").max(200, must("at most 200 characters")).optional(),
  spider: z.string(must("the name of a spider")).regex(
    /^[a-z0-9][a-z0-9_-]{0,99}$/,
    must("the name of a spider"),
  ).describe("what is measured: GET /spiders"),
  options: z.record(z.string(), z.unknown(), must("an object")).default({})
    .describe("values of the spider's options"),
  connect: line("the connection type").optional(),
  workers: whole(workers.minimum, workers.maximum, "targets at once").optional(),
  rate: number(rate.minimum, rate.maximum, "sets of flows a second").optional(),
  timeout: number(
    timeoutMs.minimum / 1000,
    timeoutMs.maximum / 1000,
    "seconds a connection may take",
  )
    .default(MEASURE_DEFAULTS.timeoutMs / 1000),
  seed: whole(seed.minimum, seed.maximum, "seed of the order of arms").optional(),
  repeat: whole(repeat.minimum, repeat.maximum, "how often each target is measured").default(1),
  isolate: flag("namespaces of their own for arms that set the system").default(false),
  locate: flag("look where on the path it happens").default(false),
  output_flows: flag("each arm's flow record in the results").default(false),
  results: flag("results also of a spider that yields targets").default(false),
  schedule: scheduleRequest.describe("when it is made; at once when missing").optional(),
  deliver: deliverRequest.describe("where the end of each run is told").default([]),
  targets: z.union([
    sized(
      z.array(target, must("a list of targets")),
      { least: 1, most: MOST_INLINE },
      `must be a list of 1 to ${MOST_INLINE} targets`,
    ),
    z.strictObject({ list: line("the id of a list") }),
  ], must(`a list of 1 to ${MOST_INLINE} targets, or an object with the id of a list`))
    .describe("addresses, names, or objects as lines of target lists; or a list that was uploaded"),
});

/** A request that was checked. */
export type MeasurementRequest = z.output<typeof measurementRequest>;

/** What is kept of a request: all but its targets, and its destinations, which have secrets. */
export type KeptRequest = Omit<MeasurementRequest, "targets" | "deliver">;
