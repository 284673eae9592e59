import type { z } from "zod";
import { isDeeper } from "../../../host/nesting.ts";
import { Failure } from "../../../host/failure.ts";
import { sleep } from "../../../host/sleep.ts";
import { isInTheClear } from "../../../result/pto/server.ts";
import { cleaned } from "../../../target/quote.ts";
import type { Access } from "./access.ts";
import { nonsense, passing, RemoteFailure } from "./failure.ts";
import { piecesOf } from "./pieces.ts";
import { refusalOf } from "./problem.ts";

/** How long a server may take to begin its answer, and be silent in it, in milliseconds. */
const PATIENCE = 60_000;
/** Characters of a record, and of a refusal, that are read. */
const MOST_RECORD = 4 << 20;
const MOST_REFUSAL = 64 << 10;
/** How deep records may be nested. */
const DEPTH = 100;
/** How often a server is asked that says when to ask again. */
const TRIES = 5;
/** Seconds that are waited at most before it is asked again, and where it does not say how long. */
const LONGEST_WAIT = 120;
const USUAL_WAIT = 5;

/** What is asked for. */
export interface Question {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  /** A body that is JSON. */
  readonly json?: unknown;
  /** A body of other octets, made anew for each attempt. */
  readonly body?: () => ReadableStream<Uint8Array>;
  /** How long the answer may take to begin, in milliseconds. */
  readonly patience?: number;
}

/** A server, as it is asked. What it answers is a stranger's word. */
export class RemoteServer implements Disposable {
  /** Its name in messages. */
  readonly host: string;
  readonly access: Access;
  readonly #signal: AbortSignal;
  readonly #say: (text: string) => void;
  readonly #client: Deno.HttpClient;

  /**
   * @param signal ends whatever is being asked
   * @param say tells the user why he waits
   * @throws {Failure} when the certificates of `access` are none
   */
  constructor(access: Access, signal: AbortSignal, say: (text: string) => void) {
    this.access = access;
    this.host = access.base.host;
    this.#signal = signal;
    this.#say = say;
    try {
      this.#client = Deno.createHttpClient({
        caCerts: [...access.authorities],
        ...directly(access.base),
      });
    } catch (error) {
      throw new Failure(`--ca has no certificates: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The address of one of its paths. */
  url(path: string): URL {
    return new URL(path, this.access.base);
  }

  /**
   * Asks for a record.
   *
   * @throws {RemoteFailure} when it cannot be had, or is not as the schema says
   */
  async record<S extends z.ZodType>(
    schema: S,
    path: string,
    question: Question = {},
  ): Promise<z.output<S>> {
    const answer = await this.open(path, question);
    const text = await this.#text(answer, MOST_RECORD);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw nonsense(this.host, `/${path} is no JSON`);
    }
    const read = isDeeper(value, DEPTH) ? undefined : schema.safeParse(value);
    if (read?.success) return read.data;
    const at = read?.error.issues[0]?.path.map(String).join(".") || "it";
    throw nonsense(this.host, `in /${path} ${cleaned(at).slice(0, 100)} is not as it must be`);
  }

  /**
   * Asks, and gives the answer as soon as it begins. One that says when to ask again is asked then.
   *
   * @throws {RemoteFailure} when there is none, or the server refuses
   */
  async open(path: string, question: Question = {}): Promise<Response> {
    for (let turn = 1;; turn++) {
      const answer = await this.#sent(path, question);
      if (answer.ok) return answer;
      const { status, headers } = answer;
      const text = await this.#text(answer, MOST_REFUSAL);
      const wait = waitOf(status, headers.get("retry-after"));
      if (wait === null || turn === TRIES) {
        throw refusalOf(this.access, { status, location: headers.get("location"), text });
      }
      this.#say(`${this.host} asks for patience (${status}); trying again in ${wait} s`);
      if (!await sleep(wait * 1000, this.#signal)) throw this.#ended();
    }
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  async #sent(path: string, question: Question): Promise<Response> {
    const { method = "GET", headers = {}, json, body, patience = PATIENCE } = question;
    const { key } = this.access;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), patience);
    try {
      return await fetch(this.url(path), {
        method,
        client: this.#client,
        // What is sent is for this server alone
        redirect: "manual",
        signal: AbortSignal.any([late.signal, this.#signal]),
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        ...(body === undefined ? {} : { body: body() as ReadableStream<Uint8Array<ArrayBuffer>> }),
      });
    } catch (error) {
      if (this.#signal.aborted) throw this.#ended();
      if (late.signal.aborted) {
        throw passing(`${this.host} does not answer for ${patience / 1000} s`);
      }
      if (error instanceof Failure) throw error; // of reading the body
      throw passing(unreachable(this.host, error), error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A body as a whole. */
  async #text(answer: Response, most: number): Promise<string> {
    let text = "";
    for await (const piece of piecesOf(answer, this.host, PATIENCE)) {
      text += piece;
      if (text.length > most) {
        throw nonsense(this.host, `an answer has more than ${most} characters`);
      }
    }
    return text;
  }

  #ended(): RemoteFailure {
    return new RemoteFailure(`${this.host} is asked no more`);
  }
}

/**
 * How this host itself is asked by http: by no proxy that the environment names, since that would be told the
 * key.
 */
function directly(base: URL): Pick<Deno.CreateHttpClientOptions, "proxy"> {
  if (base.protocol !== "http:" || isInTheClear(base)) return {};
  const hostname = base.hostname.replace(/^\[|\]$/g, "");
  return { proxy: { transport: "tcp", hostname, port: Number(base.port || 80) } };
}

/** Seconds to wait before asking once more; null where that is of no use. */
function waitOf(status: number, retryAfter: string | null): number | null {
  if (status !== 429 && (status !== 503 || retryAfter === null)) return null;
  const date = Date.parse(retryAfter ?? "");
  const seconds = /^\d{1,9}$/.test(retryAfter ?? "")
    ? Number(retryAfter)
    : Number.isNaN(date)
    ? USUAL_WAIT
    : (date - Date.now()) / 1000;
  return Math.ceil(Math.min(LONGEST_WAIT, Math.max(0, seconds)));
}

/** Why no connection came about. */
function unreachable(host: string, error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const whole = cleaned(cause instanceof Error ? cause.message : message);
  const why = whole.replace(/^.*client error \(\w+\): /, "").replace(/ \(os error \d+\)$/, "");
  if (why.includes("CaUsedAsEndEntity")) {
    return `the certificate of ${host} is one of an authority, which is no server's: make one with ` +
      "basicConstraints=CA:FALSE";
  }
  if (/certificate/i.test(why)) {
    return `${host} cannot prove who it is (${why}): name who vouches for it with --ca`;
  }
  return `cannot reach ${host} (${why}): is URL right, and does spider serve run there?`;
}
