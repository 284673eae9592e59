import { jsonExcess } from "./json_excess.ts";
import { ProblemError } from "./problem.ts";

/** What is left of a body is not waited for. */
const CLOSE = { connection: "close" };

/**
 * What JSON in a body may have at most: parsing and checking it may hold all other requests up. As many
 * values as all targets that a measurement can be asked for with, each of which has an address and a port.
 */
const MOST = { values: 400_000, members: 10_000, depth: 128 };

/**
 * The octets of a request's body, as long as they are not too many and come in time.
 *
 * @throws {ProblemError} 413 for too many, 408 for too late, 400 where the connection broke
 */
export async function bodyOctets(
  request: Request,
  { most, seconds }: { readonly most: number; readonly seconds: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () =>
    new ProblemError(413, `a body has at most ${most} octets here`, { headers: CLOSE });
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ProblemError(408, `the body did not come within ${seconds} s`, { headers: CLOSE }),
        ),
      seconds * 1000,
    );
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) break;
      length += value.length;
      if (length > most) throw tooLarge();
      parts.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {}); // the connection may be gone
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(400, "the body broke off");
  } finally {
    clearTimeout(timer);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/**
 * A body that is JSON, parsed into objects without prototypes.
 *
 * @throws {ProblemError} 415 for another type, 400 for what is no JSON
 */
export function jsonBody(request: Request, octets: Uint8Array): unknown {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (type !== "application/json" && !type.endsWith("+json")) {
    throw new ProblemError(415, "the body must be JSON: Content-Type: application/json");
  }
  return parsedJson(octets);
}

/**
 * JSON from a stranger, as objects without prototypes; `__proto__` is a key as any other.
 *
 * @throws {ProblemError} 413 for one with too many values, 422 for one that is nested too deep, 400 for
 *   what is no JSON
 */
export function parsedJson(octets: Uint8Array): unknown {
  const excess = jsonExcess(octets, MOST);
  if (excess === "values") {
    throw new ProblemError(413, `a body has at most ${MOST.values} values here`);
  }
  if (excess === "members") {
    throw new ProblemError(413, `an object in a body has at most ${MOST.members} members here`);
  }
  if (excess === "depth") {
    throw new ProblemError(422, `a body is nested at most ${MOST.depth} deep here`);
  }
  try {
    return bare(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets)));
  } catch (error) {
    throw new ProblemError(400, `the body is not JSON: ${(error as Error).message}`);
  }
}

/** Takes prototypes away, in place: a reviver of `JSON.parse` takes ten times as long. */
function bare(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const inner of Object.values(value)) bare(inner);
  return value;
}
