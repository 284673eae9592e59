import { z } from "zod";
import type { Area, PathPart } from "../openapi/operation.ts";
import { json, moment, text } from "../openapi/words.ts";
import { keyRequest } from "./routes.ts";
import { SCOPES } from "./scope.ts";

const keyPart: PathPart = {
  key: "key",
  name: "id",
  schema: z.string().describe("the id of a key"),
  example: "0a1b2c3d4e5f",
};
const members = {
  id: text("by which it is revoked"),
  name: keyRequest.shape.name,
  scopes: z.array(z.enum(SCOPES)).describe("what it allows, with what is less"),
  endpoint: text("the endpoint that it is for alone").nullable(),
  created: moment("when it was made"),
  expires: moment("when it is taken no more").nullable(),
  revoked: moment("when its rights were taken away").nullable(),
};
const keyAnswer = z.object(members).meta({ id: "Key", description: "a key, without its text" });
const newKeyAnswer = z.object({ ...members, key: text("its text, which is not shown again") })
  .meta({ id: "NewKey", description: "a key that was made just now" });

/** Keys of the server. */
export const keys: Area = {
  name: "keys",
  summary: "who may ask for what",
  operations: [
    {
      id: "listKeys",
      method: "get",
      path: "/keys",
      summary: "keys, in the order in which they were made",
      scope: "admin",
      answers: {
        200: { summary: "keys", content: json(z.object({ keys: z.array(keyAnswer) })) },
      },
    },
    {
      id: "makeKey",
      method: "post",
      path: "/keys",
      summary: "makes a key",
      scope: "admin",
      body: json(keyRequest),
      examples: {
        person: { summary: "for a person", body: { name: "alice", scope: "measure", days: 90 } },
        endpoint: {
          summary: "for one endpoint alone",
          body: { name: "dashboard", scope: "read", endpoint: "netinfo" },
        },
      },
      answers: {
        201: {
          summary: "it is made",
          content: json(newKeyAnswer),
          headers: ["Location"],
          gives: [[keyPart, "/id"]],
        },
      },
    },
    {
      id: "revokeKey",
      method: "delete",
      path: "/keys/{id}",
      summary: "takes the rights of a key away",
      scope: "admin",
      parts: [keyPart],
      answers: { 204: { summary: "it is taken no more" } },
      problems: [404],
    },
  ],
};
