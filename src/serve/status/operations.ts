import { z } from "zod";
import type { Area } from "../openapi/operation.ts";
import { count, json, moment, text } from "../openapi/words.ts";

/** What the server itself is, and does. */
export const status: Area = {
  name: "status",
  summary: "what the server itself is, and does",
  operations: [
    {
      id: "getHealth",
      method: "get",
      path: "/healthz",
      summary: "whether it lives",
      scope: null,
      answers: {
        200: { summary: "it does", content: json(z.object({ status: z.literal("ok") })) },
      },
    },
    {
      id: "getReadiness",
      method: "get",
      path: "/readyz",
      summary: "whether all of it answers, which takes until its endpoints are loaded",
      scope: null,
      answers: {
        200: { summary: "it does", content: json(z.object({ status: z.literal("ready") })) },
      },
      problems: [503],
    },
    {
      id: "getStatus",
      method: "get",
      path: "/status",
      summary: "what it is, and how many measurements wait",
      scope: "read",
      answers: {
        200: {
          summary: "its state",
          content: json(z.looseObject({
            version: text("that of the program"),
            since: moment("when it began"),
            measurements: z.object({ waiting: count("those that wait or run") }),
            memory: count("octets of memory that it takes"),
          })),
        },
      },
    },
    {
      id: "getMetrics",
      method: "get",
      path: "/metrics",
      summary: "numbers for Prometheus",
      scope: "read",
      answers: {
        200: {
          summary: "numbers",
          content: { "text/plain": { schema: text("Prometheus's text format") } },
        },
      },
    },
  ],
};
