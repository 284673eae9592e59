import { z } from "zod";
import type { Area } from "./operation.ts";
import { json, text } from "./words.ts";

/** The document itself. */
export const openapi: Area = {
  name: "openapi",
  summary: "this document",
  operations: [{
    id: "getDocument",
    method: "get",
    path: "/openapi.json",
    summary: "all that the server can be asked; plugins only for those who may read",
    scope: null,
    answers: {
      200: {
        summary: "an OpenAPI document",
        content: json(z.looseObject({
          openapi: text("the version of OpenAPI that it follows"),
          paths: z.record(z.string(), z.unknown()),
        })),
      },
    },
    problems: [400, 401, 429],
  }],
};
