import { Failure } from "./failure.ts";

const SYMBOLS = {
  curl_global_init: { parameters: ["isize"], result: "i32" },
  curl_easy_init: { parameters: [], result: "pointer" },
  curl_easy_cleanup: { parameters: ["pointer"], result: "void" },
  // One variadic function in C, declared once for each type of argument
  curl_easy_setopt_number: {
    name: "curl_easy_setopt",
    parameters: ["pointer", "i32", "isize"],
    result: "i32",
  },
  curl_easy_setopt_pointer: {
    name: "curl_easy_setopt",
    parameters: ["pointer", "i32", "pointer"],
    result: "i32",
  },
  curl_easy_setopt_buffer: {
    name: "curl_easy_setopt",
    parameters: ["pointer", "i32", "buffer"],
    result: "i32",
  },
  curl_easy_getinfo: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  curl_easy_strerror: { parameters: ["i32"], result: "pointer" },
  curl_slist_append: { parameters: ["pointer", "buffer"], result: "pointer" },
  curl_slist_free_all: { parameters: ["pointer"], result: "void" },
  curl_multi_init: { parameters: [], result: "pointer" },
  curl_multi_cleanup: { parameters: ["pointer"], result: "i32" },
  curl_multi_setopt_number: {
    name: "curl_multi_setopt",
    parameters: ["pointer", "i32", "isize"],
    result: "i32",
  },
  curl_multi_setopt_pointer: {
    name: "curl_multi_setopt",
    parameters: ["pointer", "i32", "pointer"],
    result: "i32",
  },
  curl_multi_add_handle: { parameters: ["pointer", "pointer"], result: "i32" },
  curl_multi_remove_handle: { parameters: ["pointer", "pointer"], result: "i32" },
  curl_multi_socket_action: { parameters: ["pointer", "i32", "i32", "buffer"], result: "i32" },
  curl_multi_info_read: { parameters: ["pointer", "buffer"], result: "pointer" },
  curl_multi_strerror: { parameters: ["i32"], result: "pointer" },

  // dlsym(3) also finds what a library is itself linked with: these are OpenSSL's, of the very copy
  // that libcurl uses, and missing when it uses another TLS library.
  SSL_is_init_finished: { parameters: ["pointer"], result: "i32", optional: true },
  SSL_get_version: { parameters: ["pointer"], result: "pointer", optional: true },
  SSL_get0_alpn_selected: {
    parameters: ["pointer", "buffer", "buffer"],
    result: "void",
    optional: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Options of a transfer (curl/curl.h): 1xxxx take a pointer, 2xxxx a function, others a number. */
export const OPTION = {
  writeData: 10001,
  url: 10002,
  proxy: 10004,
  errorBuffer: 10010,
  writeFunction: 20011,
  userAgent: 10018,
  headerData: 10029,
  verifyPeer: 64,
  caInfo: 10065,
  freshConnect: 74,
  forbidReuse: 75,
  headerFunction: 20079,
  verifyHost: 81,
  httpVersion: 84,
  dnsCacheTimeout: 92,
  caPath: 10097,
  noSignal: 99,
  sockoptFunction: 20148,
  sessionIdCache: 150,
  connectTimeoutMs: 156,
  openSocketFunction: 20163,
  openSocketData: 10164,
  noProxy: 10177,
  closeSocketFunction: 20208,
  closeSocketData: 10209,
  connectTo: 10243,
} as const;

/** Options of a set of transfers (curl/multi.h). */
export const MULTI_OPTION = {
  socketFunction: 20001,
  pipelining: 3,
  timerFunction: 20004,
} as const;

/** What can be asked of a transfer (curl/curl.h). */
export const INFO = { tlsSslPointer: 0x40002d } as const;

/** How a transfer can end, of the many numbers that there are (libcurl-errors(3)). */
export const CURLE = {
  ok: 0,
  urlMalformat: 3,
  partialFile: 18,
  gotNothing: 52,
} as const;

let library: Symbols | undefined;

/** The functions of libcurl. Throws a {@linkcode Failure} when it is not installed. */
export function libcurl(): Symbols {
  if (library !== undefined) return library;
  let symbols: Symbols;
  try {
    symbols = Deno.dlopen("libcurl.so.4", SYMBOLS).symbols;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      `libcurl could not be loaded: install it (Debian: apt install libcurl4); ${reason}`,
    );
  }
  const ALL = 3n;
  const code = symbols.curl_global_init(ALL);
  if (code !== CURLE.ok) throw new Failure(`libcurl could not be started (its error ${code})`);
  return library = symbols;
}
