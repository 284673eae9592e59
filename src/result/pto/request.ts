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

/** One request. */
export interface Ask {
  readonly method: "GET" | "PUT";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** How long a transfer may stall, in milliseconds. */
  readonly patience: number;
  /** Aborts it. */
  readonly signal: AbortSignal;
}

/** The server's answer. */
export interface HttpResponse {
  readonly status: number;
  /** The target of a redirect; empty when there is none. */
  readonly location: string;
  /** The body's beginning. */
  readonly text: string;
}

/** There was no complete answer: it is unknown whether the server processed the request. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Characters of an answer that are read; what we look for is in the first few hundred. */
const ANSWER = 1024 * 1024;

/**
 * Sends a request and waits for the answer. Redirections are not followed: what is sent is for this
 * server only. With `fetch` a body of known size could not be sent with its `Content-Length`, by
 * which the server can check that it is complete.
 *
 * @throws {NoAnswer} when the connection fails, or stalls for too long
 * @throws whatever reading the body throws
 */
export async function request(
  { method, url, headers, body, patience, signal }: Ask,
): Promise<HttpResponse> {
  const open = url.protocol === "https:" ? secure : plain;
  const length = body === undefined ? {} : { "Content-Length": String(body.size) };
  const sent = open(url, { method, headers: { ...headers, ...length }, agent: false });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(() => sent.destroy(new Error(`no data for ${patience / 1000} s`)), patience);
  };
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
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          moved();
          if (text.length < ANSWER) text += piece;
        });
        response.on("error", reject);
        response.on("aborted", () => reject(new Error("the answer broke off")));
        response.on("end", () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, location: headers.location ?? "", text });
        });
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
    signal.removeEventListener("abort", abort);
    sent.destroy();
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}
