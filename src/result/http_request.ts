import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A request body. It can be sent more than once. */
export interface Body {
  /** Octets. */
  readonly size: number;
  /** The octets, from the first on. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A body of some octets. */
export function octetsBody(octets: Uint8Array): Body {
  return {
    size: octets.length,
    async *chunks() {
      yield await Promise.resolve(octets);
    },
  };
}

/** One request. */
export interface Ask {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** How long a transfer may stall, in milliseconds. */
  readonly patience: number;
  /** How long all of it may take, in milliseconds; as long as it moves when missing. */
  readonly within?: number;
  /** Characters of the answer's body that are read, at most; {@linkcode ANSWER} when missing. */
  readonly most?: number;
  /** Aborts it. */
  readonly signal: AbortSignal;
}

/** The server's answer. */
export interface HttpResponse {
  readonly status: number;
  /** The target of a redirect; empty when there is none. */
  readonly location: string;
  /** What Retry-After says; null when it is not there. */
  readonly retryAfter: string | null;
  /** The body's beginning. */
  readonly text: string;
}

/** There was no complete answer: it is unknown whether the server processed the request. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Characters of an answer that are read as a rule; what is looked for is in the first few hundred. */
export const ANSWER = 1024 * 1024;

/**
 * Sends a request and waits for the answer. Redirections are not followed: what is sent is for this
 * server only. With `fetch` a body of known size could not be sent with its `Content-Length`, by
 * which the server can check that it is complete.
 *
 * @throws {NoAnswer} when the connection fails, or stalls for too long
 * @throws whatever reading the body throws
 */
export async function request(
  { method, url, headers, body, patience, within, most = ANSWER, signal }: Ask,
): Promise<HttpResponse> {
  const open = url.protocol === "https:" ? secure : plain;
  const length = body === undefined ? {} : { "Content-Length": String(body.size) };
  const sent = open(url, { method, headers: { ...headers, ...length }, agent: false });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(() => sent.destroy(new Error(`no data for ${patience / 1000} s`)), patience);
  };
  const over = within === undefined ? undefined : setTimeout(
    () => sent.destroy(new Error(`no whole answer within ${within / 1000} s`)),
    within,
  );
  const abort = () => sent.destroy(new Error("interrupted"));
  signal.addEventListener("abort", abort);
  let broken: unknown = null;
  const watched = async function* (chunks: AsyncIterable<Uint8Array>) {
    try {
      for await (const chunk of chunks) {
        moved();
        yield chunk;
      }
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  try {
    moved();
    const answer = new Promise<HttpResponse>((resolve, reject) => {
      sent.on("error", reject);
      sent.on("response", (response) => {
        const { statusCode: status = 0, headers } = response;
        const { location = "", "retry-after": retryAfter = null } = headers;
        let text = "";
        const read = () => resolve({ status, location, retryAfter, text: text.slice(0, most) });
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          moved();
          text += piece;
          // What never ends is not waited for
          if (text.length > most) read();
        });
        response.on("error", reject);
        response.on("aborted", () => reject(new Error("the answer broke off")));
        response.on("end", read);
      });
    });
    // An answer that comes before the body was sent ends the sending; the answer says why.
    const sending = pipeline(Readable.from(watched(body?.chunks() ?? none())), sent);
    sending.catch(() => {});
    if (signal.aborted) abort();
    return await answer;
  } catch (error) {
    if (broken !== null) throw broken;
    throw new NoAnswer(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    clearTimeout(timer);
    clearTimeout(over);
    signal.removeEventListener("abort", abort);
    sent.destroy();
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}
