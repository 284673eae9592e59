import { z } from "zod";
import { must, whole } from "./words.ts";

const seconds = must("a number from 0.1 to 3600");

/** What an endpoint may take, as itself and the configuration of a server say it. */
export const limits = z.strictObject({
  seconds: z.number(seconds).min(0.1, seconds).max(3600, seconds)
    .describe("seconds until the answer must begin").optional(),
  body: whole(0, 2 ** 30, "octets of a request's body at most").optional(),
  answer: whole(1, Number.MAX_SAFE_INTEGER, "octets of an answer at most").optional(),
  concurrency: whole(1, 10_000, "requests at once at most").optional(),
}, must("an object with seconds, body, answer or concurrency")).describe("what it may take");
