import { Buffer } from "node:buffer";
import { HTTPParser } from "http-parser-js";
import type { Endpoint } from "../contract/job.ts";
import config from "../../deno.json" with { type: "json" };
import type { ConnectionType } from "./connection_type.ts";
import { Dialer } from "./dialer.ts";
import type { Exchange, Progress } from "./exchange.ts";

const PORT = 80;
/** After how many octets of a head without end, or of a body, no more are read. */
const LIMIT = 64 * 1024;

const CR = 0x0d;
const LF = 0x0a;
const H = 0x48;

// Header values may hold any octet (RFC 9110, section 5.5); the parser's default drops the high bit.
HTTPParser.encoding = "latin1";

const encoder = new TextEncoder();

/** A GET for `/`, closed after one answer (RFC 9112). */
export const http: ConnectionType = {
  name: "http",
  summary: "a GET request for / over HTTP/1.1",
  defaultPort: PORT,
  fields: {
    http_status: "status code of the answer, null when there was none",
    http_headers: "header fields by lower-case name; a list where one came more than once",
  },
  open(context) {
    const dialer = new Dialer(context.reactor, context);
    return {
      connect: (request) =>
        dialer.connect(request, new HttpExchange(hostOf(request.remote, request.domain))),
      close: () => dialer.close(),
    };
  },
};

/** The value of the Host header (RFC 9110, section 7.2). */
function hostOf({ address, port }: Endpoint, domain: string | undefined): string {
  const host = domain ?? (address.includes(":") ? `[${address}]` : address);
  return port === PORT ? host : `${host}:${port}`;
}

/** One request and its answer, which is read to its end or to the limit. No octets make it throw. */
export class HttpExchange implements Exchange {
  readonly #host: string;
  readonly #parser = new HTTPParser(HTTPParser.RESPONSE);
  #status: number | null = null;
  #headers: Readonly<Record<string, string | string[]>> | null = null;
  #octets = 0;
  #complete = false;

  constructor(host: string) {
    this.#host = host;
    const parser = this.#parser;
    parser[HTTPParser.kOnHeadersComplete] = ({ statusCode, headers }) => {
      if (isInterim(statusCode)) return;
      checkLength(headers);
      this.#status = statusCode;
      this.#headers = collect(headers);
      this.#octets = 0;
    };
    parser[HTTPParser.kOnBody] = (_chunk, _offset, length) => {
      // A negative chunk size would lead the parser back to where it was, for ever.
      if (!(length >= 0)) throw new Error("a chunk of negative size");
    };
    parser[HTTPParser.kOnMessageComplete] = () => {
      this.#complete = this.#status !== null;
    };
  }

  request(): Uint8Array<ArrayBuffer> {
    return encoder.encode(
      `GET / HTTP/1.1\r\nHost: ${this.#host}\r\n` +
        `User-Agent: spider/${config.version}\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
  }

  received(data: Uint8Array<ArrayBuffer>): Progress {
    if (this.#octets === 0 && this.#status === null && !mayBegin(data[0]!)) return "invalid";
    this.#octets += data.length;
    const sound = this.#parse(data);
    // What follows a whole answer is not our question, sound or not.
    if (this.#complete) return "complete";
    if (!sound) return "invalid";
    if (this.#octets < LIMIT) return "more";
    return this.#status === null ? "invalid" : "complete";
  }

  ended(): boolean {
    this.#parser.finish();
    return this.#complete;
  }

  fields(): Readonly<Record<string, unknown>> {
    return { http_status: this.#status, http_headers: this.#headers };
  }

  /** Whether the octets went on as HTTP. The parser says no by returning or by throwing an error. */
  #parse(data: Uint8Array<ArrayBuffer>): boolean {
    try {
      const parsed = this.#parser.execute(
        Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      );
      return typeof parsed === "number";
    } catch {
      return false;
    }
  }
}

/** Whether an answer may begin so: with HTTP, or with an empty line before it. */
function mayBegin(octet: number): boolean {
  return octet === H || octet === CR || octet === LF;
}

/** An answer before the answer (RFC 9110, section 15.2); 101 is the last one in this protocol. */
function isInterim(status: number): boolean {
  return status < 200 && status !== 101;
}

/** The parser takes any number for a length, also a negative one, with which it never ends. */
function checkLength(headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]!.toLowerCase() === "content-length" && !/^\d+$/.test(headers[at + 1]!)) {
      throw new Error("a Content-Length that is no number");
    }
  }
}

/** Header fields by lower-case name, from a list of names and values in turn. */
function collect(list: readonly string[]): Readonly<Record<string, string | string[]>> {
  const fields = new Map<string, string | string[]>();
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]!.toLowerCase();
    const value = list[at + 1]!;
    const before = fields.get(name);
    if (before === undefined) fields.set(name, value);
    else if (typeof before === "string") fields.set(name, [before, value]);
    else before.push(value);
  }
  return Object.fromEntries(fields);
}
