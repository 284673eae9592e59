import { z } from "zod";
import type { PathPart } from "../openapi/operation.ts";

/** The measurement that a path is about. */
export const measurementPart: PathPart = {
  key: "measurement",
  name: "id",
  schema: z.string().describe("the id of a measurement"),
  example: "4f1c0a9be27d4c5f83a6d210",
};
