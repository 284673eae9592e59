import type { HttpOptions } from "../../contract/arm.ts";
import { CurlMulti, type Transfer } from "../../host/curl_multi.ts";
import type { TransferEnd } from "../../host/curl_easy.ts";
import { ERRNO } from "../../host/errno.ts";
import { CURLE } from "../../host/libcurl.ts";
import type { ConnectionType, ConnectRequest } from "../connection_type.ts";
import { tcpDials } from "../dialer.ts";
import type { LibrarySession } from "../transport/exchange.ts";
import { HttpHead } from "./http_head.ts";
import { authority, HTTP_OPTIONS, LIMIT, literal, USER_AGENT } from "./http_request.ts";

const PORT = 443;

/**
 * The C library's messages for socket errors, which libcurl passes on. `CURLINFO_OS_ERRNO` is of no
 * use: it is that of the last call, even if that only closed the connection to a peer that sent
 * garbage.
 */
const SAID = [
  ["Connection reset by peer", ERRNO.ECONNRESET],
  ["Broken pipe", ERRNO.EPIPE],
  ["Connection timed out", ERRNO.ETIMEDOUT],
  ["No route to host", ERRNO.EHOSTUNREACH],
  ["Network is unreachable", ERRNO.ENETUNREACH],
] as const;

/**
 * A GET for `/` over TLS, by libcurl, over a connection of our own: the outcome of TCP is reported
 * as for the other types, that of TLS and HTTP in the fields.
 */
export const https: ConnectionType = {
  name: "https",
  summary: "a GET request for / over TLS, whose certificate is not judged",
  transport: "tcp",
  defaultPort: PORT,
  tls: true,
  fields: {
    tls_version: "version of TLS, such as 1.3; null when there was no handshake",
    tls_alpn: "the protocol that the server chose by ALPN; null when it chose none",
    http_version:
      "version of HTTP that the answer came in: 1.0, 1.1 or 2; null when there was none",
    http_status: "status code of the answer, null when there was none",
    http_headers: "header fields by lower-case name; a list where one came more than once",
    curl_code:
      "libcurl's number for how the request ended: 0 well, 23 longer than we read; null when there was none",
    curl_error: "what libcurl said of a request that failed; null when it did not",
  },
  options: HTTP_OPTIONS,
  chains: ["tcp"],
  open(context) {
    const curl = new CurlMulti(context.reactor);
    const dialer = tcpDials(context);
    return {
      connect: (request) => dialer.connect(request, new HttpsSession(curl, request)),
      close: () => {
        dialer.close();
        curl.close();
      },
    };
  },
};

/** One request and its answer, which is read to its end or to the limit. */
class HttpsSession implements LibrarySession {
  readonly #curl: CurlMulti;
  readonly #request: ConnectRequest;
  readonly #head = new HttpHead();
  #transfer: Transfer | null = null;
  #end: TransferEnd | null = null;
  #octets = 0;

  constructor(curl: CurlMulti, request: ConnectRequest) {
    this.#curl = curl;
    this.#request = request;
  }

  take(fd: number, ended: (errno: number) => void): void {
    const { remote, domain, http } = this.#request;
    const { version = "1.1" }: HttpOptions = http ?? {};
    this.#transfer = this.#curl.start(fd, {
      url: `https://${authority(remote, domain, PORT)}/`,
      connectTo: `::${literal(remote.address)}:${remote.port}`,
      version,
      userAgent: USER_AGENT,
      head: (line) => {
        this.#head.line(line);
        return this.#within(line.length);
      },
      body: (octets) => this.#within(octets),
    }, (end) => {
      const errno = this.#errno(end);
      this.#end = errno === 0 ? { ...end, text: null } : end;
      ended(errno);
    });
  }

  stop(): void {
    this.#transfer?.stop();
  }

  fields(): Readonly<Record<string, unknown>> {
    const { version, status, headers } = this.#head;
    const tls = this.#transfer?.tls;
    return {
      tls_version: tls?.version ?? null,
      tls_alpn: tls?.alpn ?? null,
      http_version: version,
      http_status: status,
      http_headers: headers,
      curl_code: this.#end?.code ?? null,
      curl_error: this.#end?.text ?? null,
    };
  }

  /** Whether some more octets of the answer are within the limit. */
  #within(octets: number): boolean {
    this.#octets += octets;
    return this.#octets < LIMIT;
  }

  /** How the connection ended, by libcurl's result code. */
  #errno({ code, text }: TransferEnd): number {
    const answered = this.#head.status !== null;
    if (this.#octets >= LIMIT) return answered ? 0 : ERRNO.EPROTO;
    if (code === CURLE.ok) return answered ? 0 : ERRNO.ENODATA;
    const said = SAID.find(([words]) => text?.includes(words));
    if (said !== undefined) return said[1];
    if (code === CURLE.urlMalformat) return ERRNO.EINVAL;
    return code === CURLE.gotNothing || code === CURLE.partialFile ? ERRNO.ENODATA : ERRNO.EPROTO;
  }
}
