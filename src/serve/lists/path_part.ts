import { z } from "zod";
import type { PathPart } from "../openapi/operation.ts";

/** The list that a path is about. */
export const listPart: PathPart = {
  key: "list",
  name: "id",
  schema: z.string().describe("the id of a list"),
  example: "90d2c1e4a7b84f06b5c3d9e1",
};
