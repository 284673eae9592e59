import { z } from "zod";
import type { Area } from "../openapi/operation.ts";
import { PAGE_PATHS, pageType } from "./files.ts";

/** The page for browsers. */
export const page: Area = {
  name: "page",
  summary: "the page for browsers",
  operations: PAGE_PATHS.map((path) => ({
    id: path === "/" ? "getPage" : `getPage${path.split(".").at(-1)!.toUpperCase()}`,
    method: "get",
    path,
    summary: "a file of the page",
    scope: null,
    answers: { 200: { summary: "it", content: { [pageType(path)]: { schema: z.string() } } } },
    problems: [503],
  })),
};
