import type { Target } from "../contract/job.ts";
import { checkJob } from "./check.ts";
import { withoutComment } from "./comment.ts";
import type { LineReader } from "./job_line.ts";
import { readPlace } from "./place.ts";

/** Reads a line that holds one address, name or URL, with or without a port. */
export const readHost: LineReader = (text, needs): Target | string => {
  const place = readPlace(withoutComment(text));
  if (typeof place === "string") return place;
  // Looking at it twice would cost a long list of addresses much
  const checked = "dip" in place && place.dp === undefined && needs === "address";
  return checked ? { dip: place.dip } : checkJob(place, needs);
};
