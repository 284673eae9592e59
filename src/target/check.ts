import { z } from "zod";
import type { Job, NamedJob } from "../contract/job.ts";
import { addressProblem } from "./address.ts";
import { quote } from "./quote.ts";
import { withPlace } from "./url_column.ts";

/** Characters of a host name (RFC 1035, section 2.3.4). */
const NAME_LENGTH = 253;

const port = numberOrText("dp", "a port from 1 to 65535", (n) => n >= 1 && n <= 65535);
const rank = numberOrText("rank", "a whole number, 0 or more", (n) => n >= 0);

/** The problem with a target that has a name alone, where an address is needed. */
export const UNRESOLVED = "no address: resolve the names first, with `spider measure dnsresolv`";

/** What a job must have to be measured. */
export type Needs = "address" | "domain";

const schema = z.looseObject({
  dip: missingAsNull(
    z.string().check((ctx) => {
      const problem = addressProblem(ctx.value);
      if (problem !== null) ctx.issues.push({ code: "custom", message: problem, input: ctx.value });
    }),
  ),
  dp: missingAsNull(port),
  // It is put into requests verbatim, so it must not contain a line end.
  domain: missingAsNull(z.string().max(NAME_LENGTH).regex(/^[^\s\p{Cc}:/?#@]+$/u)),
  rank: missingAsNull(rank),
});

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
  const result = schema.safeParse(fields);
  if (result.success) return result.data as Job | NamedJob;
  const [issue] = result.error.issues;
  if (issue?.code === "custom") return issue.message;
  const key = String(issue?.path[0]);
  const given = quote(fields[key]);
  return key === "domain" ? `domain ${given} is not a host name` : `${key} ${given} is not text`;
}

function whatIsMissing(
  { dip, domain }: Readonly<Record<string, unknown>>,
  needs: Needs,
): string | null {
  if (needs === "domain") return (domain ?? null) === null ? "no name: domain is missing" : null;
  if ((dip ?? null) !== null) return null;
  return typeof domain !== "string" ? "no address: dip is missing" : UNRESOLVED;
}

/** A whole number, or the same in decimal text, which becomes a number. */
function numberOrText(key: string, wanted: string, fits: (value: number) => boolean) {
  return z.unknown().transform((value, ctx) => {
    const read = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof read === "number" && Number.isSafeInteger(read) && fits(read)) return read;
    const given = quote(value);
    ctx.issues.push({ code: "custom", message: `${key} ${given} is not ${wanted}`, input: value });
    return z.NEVER;
  });
}

/** `null` is the same as a missing key: databases export it so. */
function missingAsNull<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value) => value ?? undefined);
}
