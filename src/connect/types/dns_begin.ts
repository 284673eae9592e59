import { type DnsFields, type DnsQuestion, readAnswer } from "./dns_message.ts";

/** Where the question stands in a message, and the counts of its four sections. */
const QUESTION = 12;
const QUESTIONS = 4;
const RECORDS = 6;
const ADDITIONALS = 10;
/** Octets of type and class behind the name of a question. */
const TYPE_AND_CLASS = 4;

/** What the begin of an answer tells: `undefined` is what only the rest of it would. */
export type DnsBegin =
  & Omit<DnsFields, "dns_answers" | "dns_rcode">
  & { readonly dns_answers: undefined; readonly dns_rcode: string | null | undefined };

/**
 * Reads header and question of an answer of which no more was kept. A string says why it is no
 * answer. It never throws, whatever the octets.
 */
export function readBegin(octets: Uint8Array, question: DnsQuestion): DnsBegin | string {
  const end = endOfQuestion(octets);
  if (end === null) return "the answer's question is longer than what was kept of it";
  const begin = octets.slice(0, end);
  const hasAdditionals = octets[ADDITIONALS] !== 0 || octets[ADDITIONALS + 1] !== 0;
  begin.fill(0, RECORDS, QUESTION);
  const fields = readAnswer(begin, question);
  if (typeof fields === "string") return fields;
  // EDNS has the upper bits of the response code (RFC 6891, section 6.1.3)
  return {
    ...fields,
    dns_answers: undefined,
    dns_rcode: hasAdditionals ? undefined : fields.dns_rcode,
  };
}

/** Where a message's only question ends, or its header where it has none; null behind its end. */
function endOfQuestion(octets: Uint8Array): number | null {
  if (octets.length < QUESTION) return null;
  if (octets[QUESTIONS] === 0 && octets[QUESTIONS + 1] === 0) return QUESTION;
  let at = QUESTION;
  while (at < octets.length && octets[at] !== 0) at += 1 + octets[at]!;
  const end = at + 1 + TYPE_AND_CLASS;
  return end <= octets.length ? end : null;
}
