import { isDeeper } from "../host/nesting.ts";
import { checkJob } from "./check.ts";
import { quote } from "./quote.ts";
import type { LineReader } from "./job_line.ts";

/** How deep a job may be nested. Much deeper values could be read, but not written again. */
const DEPTH = 100;

/** Reads a line that holds a JSON object. */
export const readNdjson: LineReader = (text, needs) => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${quote(text)} is not JSON`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `${quote(text)} is not a JSON object`;
  }
  if (isDeeper(value, DEPTH)) return `nested more than ${DEPTH} deep`;
  return checkJob(value as Record<string, unknown>, needs);
};
