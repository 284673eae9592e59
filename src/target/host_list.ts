import type { Job } from "../contract/job.ts";
import { addressProblem } from "./address.ts";
import { checkJob } from "./check.ts";
import type { LineReader } from "./job_line.ts";

/** `1.2.3.4:80` or `[2001:db8::1]:80`; an IPv6 address may stand in brackets without a port. */
const WITH_PORT = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/;

/** A name, with or without a port: what people put into such lists beside addresses. */
const NAME = /^[\p{L}\d_-]+(\.[\p{L}\d_-]+)*\.?(:\d+)?$/u;

/** Reads a line that holds one address, with or without a port. */
export const readHost: LineReader = (text): Job | string => {
  const problem = addressProblem(text);
  if (problem === null) return { dip: text };
  const [, bracketed, plain, dp] = WITH_PORT.exec(text) ?? [];
  const dip = bracketed ?? plain;
  if (dip !== undefined && addressProblem(dip) === null) {
    return dp === undefined ? { dip } : checkJob({ dip, dp });
  }
  if (NAME.test(text) && /\p{L}/u.test(text)) return checkJob({ domain: text });
  return problem;
};
