import { z } from "zod";
import { experimentFile } from "./experiment_file.ts";

/** What the file of an experiment may have, as JSON Schema. */
export function experimentSchema(): object {
  return z.toJSONSchema(experimentFile, { io: "input", unrepresentable: "any" });
}
