import { jsonExcess } from "./json_excess.ts";
import { ProblemError, type ProblemStatus } from "./problem.ts";

/** Octets that there is room for at first: more only as they come, since a length is a stranger's word. */
const FIRST = 16_384;

/**
 * What JSON in a body may have at most: parsing and checking it may hold all other requests up. As many
 * values as all targets that a measurement can be asked for with, each of which has an address and a port.
 */
const MOST = { values: 400_000, members: 10_000, depth: 128 };

/** What a body may be, and how it may come. */
export interface BodyLimits {
  /** Octets at most. */
  readonly most: number;
  /** How long it may take to come. */
  readonly seconds: number;
  /** Aborts when others need its place more. */
  readonly giveUp?: AbortSignal;
}

/**
 * The octets of a request's body, as long as they are not too many and come in time.
 *
 * @throws {ProblemError} 413 for too many, 408 for too late, 503 where it was given up, 400 where the
 *   connection broke
 */
export async function bodyOctets(
  request: Request,
  { most, seconds, giveUp }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => problem(413, `a body has at most ${most} octets here`);
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  let why: ProblemError | null = null;
  const abandon = (problem: ProblemError) => {
    why ??= problem;
    // What it has come to then is not waited for: the connection may be gone
    reader.cancel().catch(() => {});
  };
  const late = () => abandon(problem(408, `the body did not come within ${seconds} s`));
  const timer = setTimeout(late, seconds * 1000);
  const crowded = () => abandon(problem(503, "too many bodies come at once, and this one slowly"));
  if (giveUp?.aborted) crowded();
  giveUp?.addEventListener("abort", crowded);
  // Copied: a piece of one octet has a buffer of 64 KiB in Deno, and whoever sends many fills the memory
  let room = new ArrayBuffer(Math.min(FIRST, most));
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (length + value.length > most) throw tooLarge();
      if (length + value.length > room.byteLength) {
        room = room.transfer(Math.min(2 * (length + value.length), most));
      }
      new Uint8Array(room).set(value, length);
      length += value.length;
    }
  } catch (error) {
    abandon(error instanceof ProblemError ? error : new ProblemError(400, "the body broke off"));
  } finally {
    clearTimeout(timer);
    giveUp?.removeEventListener("abort", crowded);
  }
  // Also where it seems to have ended, which is how a reader is told that it was abandoned
  if (why !== null) throw why;
  return new Uint8Array(room.transfer(length));
}

/** Ends a connection with a problem: what is left of a body is not waited for. */
function problem(status: ProblemStatus, detail: string): ProblemError {
  return new ProblemError(status, detail, { headers: { connection: "close" } });
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
