import { z } from "zod";
import { measurementPart } from "../measurements/path_part.ts";
import type { Area, PathPart } from "../openapi/operation.ts";
import { json } from "../openapi/words.ts";
import { deliveryAnswer } from "./answers.ts";
import { listQuery } from "./routes.ts";

const deliveryPart: PathPart = {
  key: "delivery",
  name: "number",
  schema: z.string().describe("the number of a delivery"),
  example: "1",
};
const parts = [measurementPart, deliveryPart];
const path = "/measurements/{id}/deliveries";

/** What becomes of deliveries. */
export const deliveries: Area = {
  name: "deliveries",
  summary: "ends of runs that are told to webhooks and observatories",
  operations: [
    {
      id: "listDeliveries",
      method: "get",
      path,
      summary: "deliveries of a measurement, the newest first",
      scope: "read",
      parts: [measurementPart],
      query: listQuery,
      examples: { newest: { summary: "the newest one", query: { limit: 1 } } },
      answers: {
        200: {
          summary: "deliveries",
          content: json(z.object({ deliveries: z.array(deliveryAnswer) })),
          headers: ["Link"],
          gives: [[deliveryPart, "/deliveries/0/number"]],
        },
      },
      problems: [404],
    },
    {
      id: "getDelivery",
      method: "get",
      path: `${path}/{number}`,
      summary: "a delivery",
      scope: "read",
      parts,
      answers: { 200: { summary: "it", content: json(deliveryAnswer) } },
      problems: [404],
    },
    {
      id: "retryDelivery",
      method: "post",
      path: `${path}/{number}/retry`,
      summary: "tries a delivery again, at once",
      scope: "measure",
      parts,
      answers: { 202: { summary: "it is tried", content: json(deliveryAnswer) } },
      problems: [404, 409],
    },
  ],
};
