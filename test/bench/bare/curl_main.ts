/**
 * GET requests by libcurl's multi interface alone, with connections of its own, and no call back into
 * JavaScript: `curl_main.ts JSON`, see {@linkcode CurlWork}; the file has an address a line. Writes as
 * JSON how many were answered, and in how many seconds.
 */
import { libc } from "../../../src/host/libc.ts";
import { libcurl, OPTION } from "../../../src/host/libcurl.ts";
import { cString } from "../../../src/host/libpcap.ts";
import type { CurlWork } from "./bare.ts";

const { symbols: loop } = Deno.dlopen("libcurl.so.4", {
  curl_multi_perform: { parameters: ["pointer", "buffer"], result: "i32" },
  curl_multi_poll: {
    parameters: ["pointer", "pointer", "u32", "i32", "buffer"],
    result: "i32",
  },
});

const O_WRONLY = 1;
const MESSAGE_DONE = 1;
const WAIT = 20;
/** `CURLOPT_TIMEOUT_MS` */
const TIMEOUT_MS = 155;
/** `CURL_HTTP_VERSION_1_1`, `CURL_HTTP_VERSION_2TLS` */
const VERSIONS = { "1.1": 2n, "2": 4n } as const;

const { scheme, versions, window, timeout, path }: CurlWork = JSON.parse(Deno.args[0]!);
const addresses = Deno.readTextFileSync(path).trimEnd().split("\n");
const curl = libcurl();
const multi = curl.curl_multi_init();
const nowhere = libc.fdopen(libc.open(cString("/dev/null"), O_WRONLY), cString("w"));
const count = new Int32Array(32);

let next = 0;
let running = 0;
let answered = 0;
const begin = performance.now();
while (next < addresses.length || running > 0) {
  while (next < addresses.length && running < window) start(next++);
  loop.curl_multi_perform(multi, count);
  take();
  if (running > 0) loop.curl_multi_poll(multi, null, 0, WAIT, count);
}
console.log(JSON.stringify({ answered, seconds: (performance.now() - begin) / 1000 }));

/** The options that `CurlEasy` gives a transfer, except its callbacks. */
function start(at: number): void {
  const easy = curl.curl_easy_init();
  const number = (option: number, value: bigint) =>
    curl.curl_easy_setopt_number(easy, option, value);
  curl.curl_easy_setopt_buffer(easy, OPTION.url, cString(`${scheme}://${addresses[at]}/`));
  curl.curl_easy_setopt_pointer(easy, OPTION.writeData, nowhere);
  number(OPTION.httpVersion, VERSIONS[versions[at % versions.length]!]);
  number(OPTION.verifyPeer, 0n);
  number(OPTION.verifyHost, 0n);
  curl.curl_easy_setopt_pointer(easy, OPTION.caInfo, null);
  curl.curl_easy_setopt_pointer(easy, OPTION.caPath, null);
  curl.curl_easy_setopt_buffer(easy, OPTION.proxy, cString(""));
  number(OPTION.sessionIdCache, 0n);
  number(OPTION.dnsCacheTimeout, 0n);
  number(OPTION.freshConnect, 1n);
  number(OPTION.forbidReuse, 1n);
  number(OPTION.noSignal, 1n);
  number(TIMEOUT_MS, BigInt(timeout * 1000));
  curl.curl_multi_add_handle(multi, easy);
  running++;
}

/** Ends the transfers that have ended. */
function take(): void {
  for (;;) {
    const message = curl.curl_multi_info_read(multi, count);
    if (message === null) return;
    // struct CURLMsg: what it is about, whom, and how that ended
    const view = new Deno.UnsafePointerView(message);
    if (view.getInt32(0) !== MESSAGE_DONE) continue;
    const easy = view.getPointer(8);
    if (view.getInt32(16) === 0) answered++;
    curl.curl_multi_remove_handle(multi, easy);
    curl.curl_easy_cleanup(easy);
    running--;
  }
}
