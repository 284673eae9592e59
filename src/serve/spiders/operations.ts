import { z } from "zod";
import type { Area, PathPart } from "../openapi/operation.ts";
import { json, links, text } from "../openapi/words.ts";

const spiderPart: PathPart = {
  key: "spider",
  name: "name",
  schema: z.string().describe("the name of a spider"),
  example: "ecn",
};
const members = {
  name: text("by which it is asked for"),
  version: text("a semantic version"),
  summary: text("what it measures"),
};
const spiderAnswer = z.object({
  ...members,
  references: z.array(z.string()).describe("documents that it is about"),
  connect: z.array(z.string()).describe("connection types that it takes, the usual one first"),
  needs: text("what a target has: address or domain"),
  conditions: z.record(z.string(), z.string()).describe(
    "what it may conclude, and what that means",
  ),
  options: z.looseObject({}).describe("JSON Schema of its options"),
  flags: z.record(z.string(), z.looseObject({})).describe("the same as a command line takes them"),
  arms: z.array(z.string()).describe("what it compares, without options"),
}).meta({ id: "Spider", description: "something that can be measured" });

/** What this server can measure. */
export const spiders: Area = {
  name: "spiders",
  summary: "what can be measured",
  operations: [
    {
      id: "listSpiders",
      method: "get",
      path: "/spiders",
      summary: "spiders",
      scope: "read",
      answers: {
        200: {
          summary: "spiders",
          content: json(
            z.object({ spiders: z.array(z.object({ ...members, links: links("self") })) }),
          ),
          gives: [[spiderPart, "/spiders/0/name"]],
        },
      },
    },
    {
      id: "getSpider",
      method: "get",
      path: "/spiders/{name}",
      summary: "a spider, with its options as JSON Schema",
      scope: "read",
      parts: [spiderPart],
      answers: { 200: { summary: "it", content: json(spiderAnswer) } },
      problems: [404],
    },
  ],
};
