import { Buffer } from "node:buffer";
import type { HttpOptions } from "../../contract/arm.ts";
import { HTTPParser } from "http-parser-js";
import type { ConnectionType } from "../connection_type.ts";
import { tcpDials } from "../dialer.ts";
import type { Exchange, ExchangeProgress } from "../transport/exchange.ts";
import { collect, type Headers, isInterim } from "./http_head.ts";
import { authority, HTTP_OPTIONS, LIMIT, USER_AGENT } from "./http_request.ts";

const PORT = 80;

const CR = 0x0d;
const LF = 0x0a;
const H = 0x48;

const encoder = new TextEncoder();

// Header values may hold any octet (RFC 9110, section 5.5); the parser's default drops the high bit.
HTTPParser.encoding = "latin1";

/**
 * What asks for HTTP/2 over an open connection (RFC 7540, section 3.2): the settings, in base64url,
 * only disable server push.
 */
const UPGRADE =
  "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAIAAAAA\r\n";

/** What a client says first in HTTP/2, without settings, and GOAWAY (RFC 9113, sections 3.4 and 6.8). */
const HELLO_AND_GOODBYE = Uint8Array.of(
  ...encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  ...[0, 0, 0, 4, 0, 0, 0, 0, 0],
  ...[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
);

/** A GET for `/`, closed after one answer (RFC 9112). */
export const http: ConnectionType = {
  name: "http",
  summary: "a GET request for / over HTTP/1.1, which may ask for an upgrade to HTTP/2",
  transport: "tcp",
  defaultPort: PORT,
  tls: false,
  fields: {
    http_version:
      "version of HTTP that was spoken in the end: 1.0, 1.1 or 2; null without an answer",
    http_status: "status code of the answer, null when there was none",
    http_headers: "header fields by lower-case name; a list where one came more than once",
  },
  options: HTTP_OPTIONS,
  chains: ["tcp"],
  open(context) {
    const dialer = tcpDials(context);
    return {
      connect: (request) =>
        dialer.connect(
          request,
          new HttpExchange(authority(request.remote, request.domain, PORT), request.http),
        ),
      close: () => dialer.close(),
    };
  },
};

/**
 * One request and its answer, which is read to its end or to the limit. It never throws, whatever
 * the octets.
 */
export class HttpExchange implements Exchange {
  readonly #host: string;
  readonly #upgrades: boolean;
  readonly #parser = new HTTPParser(HTTPParser.RESPONSE);
  #version: string | null = null;
  #status: number | null = null;
  #headers: Headers | null = null;
  #octets = 0;
  #complete = false;

  constructor(host: string, options: HttpOptions = {}) {
    this.#host = host;
    this.#upgrades = options.version === "2";
    const parser = this.#parser;
    parser[HTTPParser.kOnHeadersComplete] = ({ statusCode, headers, ...version }) => {
      if (isInterim(statusCode)) return;
      checkLength(headers);
      this.#status = statusCode;
      this.#headers = collect(headers);
      this.#version = this.#isUpgrade() ? "2" : `${version.versionMajor}.${version.versionMinor}`;
      this.#octets = 0;
    };
    parser[HTTPParser.kOnBody] = (_chunk, _offset, length) => {
      // A negative chunk size would make the parser loop for ever.
      if (!(length >= 0)) throw new Error("a chunk of negative size");
    };
    parser[HTTPParser.kOnMessageComplete] = () => {
      this.#complete = this.#status !== null;
    };
  }

  request(): Uint8Array<ArrayBuffer> {
    return encoder.encode(
      `GET / HTTP/1.1\r\nHost: ${this.#host}\r\n` +
        `User-Agent: ${USER_AGENT}\r\nAccept: */*\r\n` +
        `${this.#upgrades ? UPGRADE : "Connection: close\r\n"}\r\n`,
    );
  }

  received(data: Uint8Array<ArrayBuffer>): ExchangeProgress {
    if (this.#octets === 0 && this.#status === null && !mayBegin(data[0]!)) return "invalid";
    this.#octets += data.length;
    const sound = this.#parse(data);
    // What follows a complete answer does not matter, valid or not.
    if (this.#complete) return "complete";
    if (!sound) return "invalid";
    if (this.#octets < LIMIT) return "more";
    return this.#status === null ? "invalid" : "complete";
  }

  ended(): boolean {
    this.#parser.finish();
    return this.#complete;
  }

  farewell(): Uint8Array<ArrayBuffer> | null {
    return this.#version === "2" ? HELLO_AND_GOODBYE : null;
  }

  fields(): Readonly<Record<string, unknown>> {
    return {
      http_version: this.#version,
      http_status: this.#status,
      http_headers: this.#headers,
    };
  }

  /** Whether the server went over to HTTP/2, as it was asked to. */
  #isUpgrade(): boolean {
    if (!this.#upgrades || this.#status !== 101) return false;
    return String(this.#headers?.upgrade).toLowerCase() === "h2c";
  }

  /**
   * Whether the octets went on as HTTP. The parser reports an error by returning or by throwing it.
   */
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

/** The parser accepts any number as a length, also a negative one, with which it never ends. */
function checkLength(headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]!.toLowerCase() === "content-length" && !/^\d+$/.test(headers[at + 1]!)) {
      throw new Error("a Content-Length that is no number");
    }
  }
}
