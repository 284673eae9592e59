import { Failure } from "../../host/failure.ts";

const TEXT = "text/plain; charset=utf-8";
const OCTETS = "application/octet-stream";
const JSON_TYPE = "application/json";

/** Statuses whose answers have no body (RFC 9110, section 6.4.1). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * What an endpoint has answered, as a response.
 *
 * @throws {Failure} when it is no answer, with what it is instead
 */
export function responseOf(answer: unknown): Response {
  if (answer instanceof Response) return answer;
  if (!Array.isArray(answer) || answer.length < 1 || answer.length > 3) {
    throw new Failure("its answer is neither [status, value, headers] nor a Response");
  }
  const [status, value, headers = {}] = answer as readonly unknown[];
  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) {
    throw new Failure("the status of its answer is no number from 200 to 599");
  }
  const sent = headersOf(headers);
  const [type, body] = bodyOf(value);
  if (!sent.has("content-type")) sent.set("content-type", type);
  if (BODILESS.has(Number(status)) || value === undefined) {
    sent.delete("content-type");
    return new Response(null, { status: Number(status), headers: sent });
  }
  return new Response(body, { status: Number(status), headers: sent });
}

function headersOf(headers: unknown): Headers {
  const isPlain = typeof headers === "object" && headers !== null &&
    Object.values(headers).every((value) => typeof value === "string");
  if (!isPlain) throw new Failure("the headers of its answer are no object of texts");
  try {
    // Refuses what would end a header, and so begin another
    return new Headers(headers as Record<string, string>);
  } catch {
    throw new Failure("the headers of its answer have a name or a value that none can have");
  }
}

function bodyOf(value: unknown): readonly [string, BodyInit | null] {
  if (typeof value === "string") return [TEXT, value];
  if (value instanceof Uint8Array) return [OCTETS, value as Uint8Array<ArrayBuffer>];
  if (value instanceof ReadableStream) return [OCTETS, value];
  if (value === undefined) return [TEXT, null];
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new Failure(`its answer cannot be JSON: ${(error as Error).message}`);
  }
  if (text === undefined) throw new Failure("its answer cannot be JSON");
  return [JSON_TYPE, `${text}\n`];
}
