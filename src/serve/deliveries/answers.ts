import { z } from "zod";
import { count, links, moment, text } from "../openapi/words.ts";

const webhook = z.object({
  webhook: text("the URL to which it is posted"),
  signed: z.boolean().describe("whether with a secret"),
});
const observatory = z.object({ observatory: text("its name in the configuration") });

/** A destination, as `destinationRecord` makes it. */
export const destinationAnswer = z.union([webhook, observatory])
  .meta({ id: "Destination", description: "where the end of each run is told" });

const members = {
  number: z.int().min(1).describe("its own in the measurement"),
  id: text("the same however often it comes: Spider-Delivery"),
  run: z.int().min(1).describe("the run that has ended"),
  state: z.enum(["waiting", "delivered", "given_up"]),
  attempts: count("how often it was tried"),
  created: moment("when the run had ended"),
  next: moment("when it is tried next").nullable(),
  last: z.object({
    time: moment("when it was tried last"),
    status: z.int().nullable().describe("that of the answer"),
    problem: text("why it did not come through").nullable(),
  }).nullable(),
  links: links("self", "measurement", "retry"),
};

/** A delivery, as `deliveryRecord` makes it. */
export const deliveryAnswer = z.union([webhook.extend(members), observatory.extend(members)])
  .meta({ id: "Delivery", description: "the end of a run that is told to one destination" });
