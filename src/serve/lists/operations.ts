import { z } from "zod";
import type { Area } from "../openapi/operation.ts";
import { count, json, lines, links, moment, text } from "../openapi/words.ts";
import { listPart } from "./path_part.ts";
import { uploadQuery } from "./routes.ts";

const { name, needs } = uploadQuery.shape;
const members = {
  id: text("by which it is asked for"),
  ...{ name, needs },
  targets: count("how many it has"),
  skipped: count("lines that were none"),
  created: moment("when it was uploaded"),
  links: links("self", "targets"),
};
const listAnswer = z.object(members).meta({ id: "List", description: "a list of targets" });
const uploadAnswer = z.object({
  ...members,
  problems: z.array(z.string()).describe("what was wrong with lines that were left out"),
}).meta({ id: "UploadedList", description: "a list of targets, and what was left out of it" });

const parts = [listPart];

/** Lists of targets. */
export const lists: Area = {
  name: "lists",
  summary: "targets that are uploaded, for measurements",
  operations: [
    {
      id: "uploadList",
      method: "post",
      path: "/lists",
      summary: "uploads a list of targets",
      scope: "measure",
      query: uploadQuery,
      body: {
        "*/*": { schema: text("in any form that `spider measure` takes: `spider help targets`") },
      },
      examples: {
        table: {
          summary: "addresses as CSV",
          query: { name: "spring" },
          body: "dip,dp\n192.0.2.1,80\n192.0.2.2,443\n",
        },
        names: {
          summary: "names, a line each",
          query: { name: "names", needs: "domain" },
          body: '{"domain":"www.example.org"}\n',
        },
      },
      answers: {
        201: {
          summary: "it is kept",
          content: json(uploadAnswer),
          headers: ["Location"],
          gives: [[listPart, "/id"]],
        },
      },
    },
    {
      id: "listLists",
      method: "get",
      path: "/lists",
      summary: "lists, the newest first",
      scope: "read",
      answers: {
        200: {
          summary: "those of the key; all for admins",
          content: json(z.object({ lists: z.array(listAnswer) })),
        },
      },
    },
    {
      id: "getList",
      method: "get",
      path: "/lists/{id}",
      summary: "a list",
      scope: "read",
      parts,
      answers: { 200: { summary: "it, without its targets", content: json(listAnswer) } },
      problems: [404],
    },
    {
      id: "getTargets",
      method: "get",
      path: "/lists/{id}/targets",
      summary: "the targets of a list",
      scope: "read",
      parts,
      answers: {
        200: {
          summary: "targets, as measurements take them",
          content: {
            "application/x-ndjson": lines(
              z.looseObject({
                dip: text("its address").optional(),
                domain: text("its name").optional(),
                dp: z.int().min(0).max(65_535).optional().describe("its port"),
              }),
              "a target a line",
            ),
          },
        },
      },
      problems: [404],
    },
    {
      id: "deleteList",
      method: "delete",
      path: "/lists/{id}",
      summary: "forgets a list; measurements that took their targets from it have them still",
      scope: "measure",
      parts,
      answers: { 204: { summary: "it is forgotten" } },
      problems: [404],
    },
  ],
};
