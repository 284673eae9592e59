import type { Target } from "../contract/job.ts";
import { addressProblem } from "./address.ts";
import { checkJob } from "./check.ts";
import type { LineReader } from "./job_line.ts";

/** `1.2.3.4:80`, `[2001:db8::1]:80`, or an IPv6 address in brackets alone. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::(.*))?|([\d.]*):([^:]*))$/;

/** A name, with or without a port. */
const NAME = /^((?=.*\p{L})[\p{L}\d_-]+(?:\.[\p{L}\d_-]+)*\.?)(?::(\d+))?$/u;

/** Reads a line that holds one address or name, with or without a port. */
export const readHost: LineReader = (text, needs): Target | string => {
  const [, domain, port] = NAME.exec(text) ?? [];
  // An address of IPv6 may look like a name with a port
  if (domain !== undefined && addressProblem(text) !== null) {
    return checkJob(port === undefined ? { domain } : { domain, dp: port }, needs);
  }

  const [whole, bracketed, bracketedPort, plain, plainPort] = WITH_PORT.exec(text) ?? [];
  const dip = whole === undefined ? text : bracketed ?? plain!;
  const dp = bracketedPort ?? plainPort;
  const problem = addressProblem(dip);
  if (problem !== null) return problem;
  return dp === undefined && needs === "address" ? { dip } : checkJob({ dip, dp }, needs);
};
