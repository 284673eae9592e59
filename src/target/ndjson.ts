import { checkJob } from "./check.ts";
import { quote } from "./address.ts";
import type { LineReader } from "./job_line.ts";

/** Reads a line that holds a JSON object. */
export const readNdjson: LineReader = (text) => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${quote(text)} is not JSON`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `${quote(text)} is not a JSON object`;
  }
  return checkJob(value as Record<string, unknown>);
};
