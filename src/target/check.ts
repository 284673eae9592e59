import type { Job, NamedJob } from "../contract/job.ts";
import { addressProblem } from "./address.ts";
import { quote } from "./quote.ts";
import { withPlace } from "./url_column.ts";

/** Characters of a host name (RFC 1035, section 2.3.4). */
const NAME_LENGTH = 253;
/** It is put into requests verbatim, so it must not contain a line end. */
const NAME = /^[^\s\p{Cc}:/?#@]+$/u;

/** The problem with a target that has a name alone, where an address is needed. */
export const UNRESOLVED = "no address: resolve the names first, with `spider measure dnsresolv`";

/** What a job must have to be measured. */
export type Needs = "address" | "domain";

/** A value as a job has it, or what is wrong with it. */
type Checked = { readonly value: unknown } | { readonly problem: string };

/**
 * The fields of a target that mean something, in the order in which they are checked. By hand: this is
 * done for each target, and zod takes several times as long.
 */
const CHECKS: readonly (readonly [key: string, check: (value: unknown) => Checked])[] = [
  ["dip", address],
  ["dp", (value) => whole("dp", value, "a port from 1 to 65535", 1, 65535)],
  ["domain", domainName],
  ["rank", (value) => whole("rank", value, "a whole number, 0 or more", 0, Infinity)],
];

/**
 * Checks the fields of a target. Ports and ranks may be numbers in text; keys that are not known
 * are kept as they are. The host may be that of a URL in `origin` or `url`.
 *
 * @returns the job, which has what is needed, or the problem with it as a short sentence
 */
export function checkJob(
  said: Readonly<Record<string, unknown>>,
  needs: Needs,
): Job | NamedJob | string {
  const fields = withPlace(said);
  if (typeof fields === "string") return fields;
  const missing = whatIsMissing(fields, needs);
  if (missing !== null) return missing;
  const job: Record<string, unknown> = { ...fields };
  for (const [key, check] of CHECKS) {
    const said = fields[key];
    if (said === undefined) continue;
    // The same as a missing key: databases export it so
    const checked = said === null ? { value: undefined } : check(said);
    if ("problem" in checked) return checked.problem;
    job[key] = checked.value;
  }
  return job as Job | NamedJob;
}

function whatIsMissing(
  { dip, domain }: Readonly<Record<string, unknown>>,
  needs: Needs,
): string | null {
  if (needs === "domain") return (domain ?? null) === null ? "no name: domain is missing" : null;
  if ((dip ?? null) !== null) return null;
  return typeof domain !== "string" ? "no address: dip is missing" : UNRESOLVED;
}

function address(value: unknown): Checked {
  if (typeof value !== "string") return { problem: `dip ${quote(value)} is not text` };
  const problem = addressProblem(value);
  return problem === null ? { value } : { problem };
}

function domainName(value: unknown): Checked {
  const isName = typeof value === "string" && value.length <= NAME_LENGTH && NAME.test(value);
  return isName ? { value } : { problem: `domain ${quote(value)} is not a host name` };
}

/** A whole number, or the same in decimal text, which becomes a number. */
function whole(
  key: string,
  value: unknown,
  wanted: string,
  least: number,
  most: number,
): Checked {
  const read = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  const fits = typeof read === "number" && Number.isSafeInteger(read) && read >= least &&
    read <= most;
  return fits ? { value: read } : { problem: `${key} ${quote(value)} is not ${wanted}` };
}
