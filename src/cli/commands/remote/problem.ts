import { z } from "zod";
import { KEY_VARIABLE } from "./options.ts";
import { RemoteFailure, said } from "./failure.ts";
import type { Access } from "./access.ts";

/** Parts of a problem that a message has. */
const MOST_PARTS = 5;

/** A problem as RFC 9457 has it; what else is in it is not looked at. */
const problem = z.object({
  detail: z.string(),
  errors: z.array(z.object({ at: z.string(), detail: z.string() })).optional().catch(undefined),
});

/** An answer that refuses. */
export interface Refusal {
  readonly status: number;
  /** What Location says. */
  readonly location: string | null;
  /** The beginning of its body. */
  readonly text: string;
}

/** What a refusal means, and what to do. */
export function refusalOf(access: RefusingAccess, refusal: Refusal): RemoteFailure {
  const { status } = refusal;
  return new RemoteFailure(sentenceOf(access, refusal), { status, isPassing: status >= 500 });
}

type RefusingAccess = Pick<Access, "base" | "key" | "keyPlace">;

function sentenceOf(
  { base: { host }, key, keyPlace }: RefusingAccess,
  { status, location, text }: Refusal,
): string {
  const why = detailOf(text);
  const because = why === null ? "" : `: ${why}`;
  if (status >= 300 && status < 400) {
    return `${host} answers ${status} and points to ${
      said(location ?? "nothing")
    }: give that as URL`;
  }
  if (status === 401) {
    return key === null
      ? `${host} wants a key: put it into the variable ${KEY_VARIABLE}, or name its file with --key-file`
      : `${host} does not take the key of ${keyPlace}${because}`;
  }
  if (status === 413) return `${host} takes no more at once${because}; give it fewer targets`;
  if (status === 429) return `${host} was asked too often${because}; try again later`;
  if (status >= 500) return `${host} cannot do it (${status})${because}`;
  return why === null
    ? `${host} answers ${status}, and not as spider serve does: is that where a server is?`
    : `${host} refuses${because}`;
}

/** What a problem says of itself; null where it is none. */
function detailOf(text: string): string | null {
  const read = problem.safeParse(parsed(text));
  if (!read.success) return null;
  const { detail, errors = [] } = read.data;
  const more = errors.slice(0, MOST_PARTS).map((one) => said(`${one.at} ${one.detail}`))
    .filter((one) => !detail.includes(one) && !detail.endsWith(one.replace(/^\S* /, "")));
  return [said(detail), ...more].join("; ");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page, for one
  }
}
