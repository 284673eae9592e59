import { z } from "zod";
import { type ProblemStatus, TITLES } from "../http/problem.ts";
import type { Operation } from "./operation.ts";
import { text } from "./words.ts";

/** What is wrong, as RFC 9457 has it. */
export const problem = z.object({
  type: z.literal("about:blank").describe("its status says all of its type"),
  title: text("what its status is called"),
  status: z.int().min(400).max(599),
  detail: text("a sentence that says what is wrong"),
  errors: z.array(z.object({
    in: z.enum(["body", "query", "header", "path"]),
    at: text("a JSON Pointer into the body (RFC 6901), or the name of the parameter or header"),
    detail: text("what is wrong there"),
  })).optional().describe("each part of the request that is not as it must be"),
  id: text("by which the server's log tells of it").optional(),
}).meta({ id: "Problem", description: "what is wrong (RFC 9457)" });

/** The component that all problems of the document are. */
export const PROBLEM = "#/components/responses/Problem";

/** The problems of an operation, by status; any other one is `default`. */
export function problemsOf({ problems = [], scope, query, body }: Operation) {
  const statuses = new Set<ProblemStatus>([
    ...problems,
    ...(query === undefined ? [] : [422] as const),
    ...(body === undefined ? [] : [400, 408, 413] as const),
    ...(body?.["application/json"] === undefined ? [] : [415, 422] as const),
    ...(scope === null ? [] : [400, 401, 403, 429] as const),
  ]);
  const reference = (description: string) => ({ $ref: PROBLEM, description });
  return {
    ...Object.fromEntries([...statuses].map((status) => [status, reference(TITLES[status])])),
    default: reference("any other problem"),
  };
}
