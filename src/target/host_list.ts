import type { Job } from "../contract/job.ts";
import { addressProblem } from "./address.ts";
import { checkJob } from "./check.ts";
import type { LineReader } from "./job_line.ts";

/** `1.2.3.4:80`, `[2001:db8::1]:80`, or an IPv6 address in brackets alone. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::(.*))?|([\d.]*):([^:]*))$/;

/** A name, with or without a port: what people put into such lists beside addresses. */
const NAME = /^(?=.*\p{L})[\p{L}\d_-]+(\.[\p{L}\d_-]+)*\.?(:\d+)?$/u;

/** Reads a line that holds one address, with or without a port. */
export const readHost: LineReader = (text): Job | string => {
  const [whole, bracketed, bracketedPort, plain, plainPort] = WITH_PORT.exec(text) ?? [];
  const dip = whole === undefined ? text : bracketed ?? plain!;
  const dp = bracketedPort ?? plainPort;
  const problem = addressProblem(dip);
  if (problem !== null) return NAME.test(text) ? checkJob({ domain: text }) : problem;
  return dp === undefined ? { dip } : checkJob({ dip, dp });
};
