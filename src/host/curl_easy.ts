import type { CurlFunctions } from "./curl_callbacks.ts";
import { Failure } from "./failure.ts";
import { CURLE, INFO, libcurl, OPTION } from "./libcurl.ts";
import { cString, fromBuffer, fromC } from "./libpcap.ts";

const latin1 = new TextDecoder("latin1");

/** `CURL_ERROR_SIZE` */
const ERROR_SIZE = 256;
/** `CURLSSLBACKEND_OPENSSL` */
const OPENSSL = 1;
/** `CURL_HTTP_VERSION_1_1`, `CURL_HTTP_VERSION_2TLS` */
const VERSIONS = { "1.1": 2, "2": 4 } as const;
/** The longest that libcurl takes: the caller has its own timeouts. */
const NEVER = 0x7fff_ffff;

/** What to ask for. */
export interface TransferRequest {
  readonly url: string;
  /** Address and port in place of those of the URL, whose name stays, as in `::192.0.2.1:443`. */
  readonly connectTo: string;
  /** The version of HTTP to ask for, by ALPN: 2 also offers 1.1. */
  readonly version: "1.1" | "2";
  readonly userAgent: string;
  /** Takes a line of the answer's head with its end; `line` is lent. False ends the transfer. */
  head(line: Uint8Array): boolean;
  /** Takes that many octets of the answer's body. False ends the transfer. */
  body(octets: number): boolean;
}

/** How a transfer ended. */
export interface TransferEnd {
  /** libcurl's number, 0 for a whole answer (libcurl-errors(3)). */
  readonly code: number;
  /** What libcurl said of it; null when all went well. */
  readonly text: string | null;
}

/** What a TLS handshake agreed on. */
export interface TlsFacts {
  /** As in `1.3`. */
  readonly version: string;
  /** The protocol that the server chose by ALPN (RFC 7301); null when it chose none. */
  readonly alpn: string | null;
}

/** One transfer, as libcurl holds it, with all its options. */
export class CurlEasy {
  readonly handle: Deno.PointerValue;
  /** The handle's address, by which callbacks know the transfer. */
  readonly id: bigint;
  readonly #curl = libcurl();
  // libcurl writes here until the handle is freed
  readonly #text = new Uint8Array(ERROR_SIZE);
  // Outside the JavaScript heap, which may move small buffers
  readonly #answer = new BigInt64Array(16);
  readonly #length = new Uint32Array(32);
  #connectTo: Deno.PointerValue = null;
  #tls: TlsFacts | null = null;

  constructor(readonly request: TransferRequest, functions: CurlFunctions) {
    this.handle = this.#curl.curl_easy_init();
    if (this.handle === null) throw new Error("curl_easy_init failed");
    this.id = BigInt(Deno.UnsafePointer.value(this.handle));
    try {
      this.#setUp(functions);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** What TLS agreed on, as recorded during the connection; null without a handshake. */
  get tls(): TlsFacts | null {
    return this.#tls;
  }

  /** Looks at what TLS agreed on. It can be seen only while the transfer is under way. */
  noteTls(): void {
    this.#tls ??= this.#askTls();
  }

  /** Takes a line of the head. */
  head(line: Uint8Array): boolean {
    this.noteTls();
    return this.request.head(line);
  }

  /** The end of a transfer with that code. */
  end(code: number): TransferEnd {
    if (code === CURLE.ok) return { code, text: null };
    return { code, text: fromBuffer(this.#text) || this.#meaning(code) };
  }

  /** Gives the handle back. The transfer must not be among others any more. */
  free(): void {
    this.#curl.curl_easy_cleanup(this.handle);
    this.#curl.curl_slist_free_all(this.#connectTo);
  }

  #setUp(functions: CurlFunctions): void {
    const { request } = this;
    this.#buffer(OPTION.errorBuffer, this.#text);
    this.#buffer(OPTION.url, cString(request.url));
    this.#connectTo = this.#curl.curl_slist_append(null, cString(request.connectTo));
    this.#pointer(OPTION.connectTo, this.#connectTo);
    this.#buffer(OPTION.userAgent, cString(request.userAgent));
    this.#number(OPTION.httpVersion, VERSIONS[request.version]);

    // The certificate is not judged, so no CA certificates are loaded: that would take 10 ms
    this.#number(OPTION.verifyPeer, 0);
    this.#number(OPTION.verifyHost, 0);
    this.#pointer(OPTION.caInfo, null);
    this.#pointer(OPTION.caPath, null);

    // Each transfer is independent: it uses no environment variables and no state of earlier ones
    this.#buffer(OPTION.proxy, cString(""));
    this.#buffer(OPTION.noProxy, cString("*"));
    this.#number(OPTION.sessionIdCache, 0);
    this.#number(OPTION.dnsCacheTimeout, 0);
    this.#number(OPTION.freshConnect, 1);
    this.#number(OPTION.forbidReuse, 1);
    this.#number(OPTION.noSignal, 1);
    this.#number(OPTION.connectTimeoutMs, NEVER);

    this.#pointer(OPTION.writeFunction, functions.body);
    this.#pointer(OPTION.headerFunction, functions.head);
    this.#pointer(OPTION.openSocketFunction, functions.open);
    this.#pointer(OPTION.sockoptFunction, functions.setUp);
    this.#pointer(OPTION.closeSocketFunction, functions.close);
    this.#number(OPTION.writeData, this.id);
    this.#number(OPTION.headerData, this.id);
    this.#number(OPTION.openSocketData, this.id);
  }

  /** From OpenSSL, where libcurl uses it. */
  #askTls(): TlsFacts | null {
    const {
      SSL_is_init_finished: finished,
      SSL_get_version: version,
      SSL_get0_alpn_selected: alpn,
    } = this.#curl;
    if (finished === null || version === null || alpn === null) return null;
    const ssl = this.#ssl();
    if (ssl === null || finished(ssl) === 0) return null;
    const [data, length] = [this.#answer, this.#length];
    alpn(ssl, data, length);
    const chosen = Deno.UnsafePointer.create(data[0]!);
    return {
      // OpenSSL calls it TLSv1, TLSv1.1, ...
      version: fromC(version(ssl)).replace(/^TLSv1$/, "1.0").replace("TLSv", ""),
      alpn: chosen === null
        ? null
        : latin1.decode(new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(chosen, length[0]!))),
    };
  }

  /** OpenSSL's object of the connection; null without one. */
  #ssl(): Deno.PointerValue {
    // A pointer to struct curl_tlssessioninfo: which library, and its own object
    if (!this.#ask(INFO.tlsSslPointer)) return null;
    const info = Deno.UnsafePointer.create(this.#answer[0]!);
    if (info === null) return null;
    const view = new Deno.UnsafePointerView(info);
    return view.getInt32(0) === OPENSSL ? view.getPointer(8) : null;
  }

  #ask(info: number): boolean {
    this.#answer[0] = 0n;
    return this.#curl.curl_easy_getinfo(this.handle, info, this.#answer) === CURLE.ok;
  }

  #number(option: number, value: number | bigint): void {
    this.#check(option, this.#curl.curl_easy_setopt_number(this.handle, option, BigInt(value)));
  }

  #pointer(option: number, value: Deno.PointerValue): void {
    this.#check(option, this.#curl.curl_easy_setopt_pointer(this.handle, option, value));
  }

  #buffer(option: number, value: Uint8Array<ArrayBuffer>): void {
    this.#check(option, this.#curl.curl_easy_setopt_buffer(this.handle, option, value));
  }

  #check(option: number, code: number): void {
    if (code === CURLE.ok) return;
    throw new Failure(
      `this libcurl does not take option ${option} (${this.#meaning(code)}): ` +
        "install one that speaks HTTP/2 and TLS (Debian: apt install libcurl4)",
    );
  }

  #meaning(code: number): string {
    return fromC(this.#curl.curl_easy_strerror(code));
  }
}
