import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import type { Frame } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const CHAINS = { chains: ["http"] };
const octets = (text: string) => new TextEncoder().encode(text);
const said = (text: string) =>
  dissect([there(0, { payload: octets(text) })], CHAINS).flows[0]!.http_version_fwd;

Deno.test("http: starting values", () => {
  assertEquals<unknown>(dissect([there(0), back(1)], CHAINS).flows, [startingOf("http_")]);
});

Deno.test("http: request lines, status lines, and the preface of HTTP/2", () => {
  for (
    const [text, version] of [
      ["GET / HTTP/1.1\r\nHost: a\r\n", "1.1"],
      ["M-SEARCH * HTTP/1.1\r\n", "1.1"],
      ["POST /a?b=%20 HTTP/1.0\n", "1.0"],
      ["HTTP/1.1 200 OK\r\n", "1.1"],
      ["HTTP/1.0 404 Not Found\r\n", "1.0"],
      ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0", "2"],
    ] as const
  ) assertEquals(said(text), version, text);
});

Deno.test("http: what is none, or is not there to its end", () => {
  for (
    const text of [
      "GET / HTTP/1.1",
      "GET / HTTP/1.2\r\n",
      "GET / HTTP/2.0\r\n",
      "get / HTTP/1.1\r\n",
      "GET  HTTP/1.1\r\n",
      "GET / \r\nHTTP/1.1\r\n",
      "GET /",
      "HTTP/1.1200",
      "HTTP/1.1",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r",
      "ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      "x",
    ]
  ) assertEquals(said(text), null, text);
});

Deno.test("http: the first payload of each direction tells", () => {
  const { flows: [flow] } = dissect([
    there(0, { payload: octets("GET / HTTP/1.0\r\n") }),
    there(1, { payload: octets("GET / HTTP/1.1\r\n") }),
    back(2, { payload: octets("garbage") }),
    back(3, { payload: octets("HTTP/1.1 200 OK\r\n") }),
  ], CHAINS);
  assertEquals([flow!.http_version_fwd, flow!.http_version_rev], ["1.0", null]);
});

Deno.test("http: a request line that the capture cut says nothing", () => {
  const whole = there(0, { payload: octets("GET / HTTP/1.1\r\nHost: a\r\n") });
  for (const [left, version] of [[54 + 14, null], [54 + 15, "1.1"]] as const) {
    const frame = { ...whole, data: whole.data.slice(0, left), wire: whole.data.length };
    assertEquals(dissect([frame], CHAINS).flows[0]!.http_version_fwd, version);
  }
});

const PREFACE = octets("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = (length: number, flags = 0, stream = 0) =>
  Uint8Array.of(0, 0, length, 4, flags, 0, 0, 0, stream, ...new Uint8Array(length));

Deno.test("http: a server's settings tell where the client sent the preface of HTTP/2", () => {
  const both = (...frames: Frame[]) => {
    const { http_version_fwd, http_version_rev } = dissect(frames, CHAINS).flows[0]!;
    return [http_version_fwd, http_version_rev];
  };
  const preface = there(0, { payload: PREFACE });
  const answer = (payload: Uint8Array) => back(1, { payload });
  assertEquals(both(preface, answer(settings(12))), ["2", "2"]);
  assertEquals(both(answer(settings(0)), preface), ["2", "2"]);
  assertEquals(both(there(0), answer(settings(12)), preface), ["2", "2"]);
  const none = [settings(12, 1), settings(12, 0, 1), settings(7), settings(12).slice(0, 8)];
  for (const payload of [...none, octets("garbage here")]) {
    assertEquals(both(preface, answer(payload)), ["2", null], `${payload}`);
  }
  assertEquals(both(there(0, { payload: octets("x") }), answer(settings(12))), [null, null]);
});

Deno.test("http: behind an upgrade from HTTP/1.1 it is HTTP/2 both ways", () => {
  const upgrade = [
    there(0, { payload: octets("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n") }),
    back(1, { payload: octets("HTTP/1.1 101 Switching Protocols\r\n\r\n") }),
    there(2, { payload: PREFACE }),
  ];
  const versions = (...frames: Frame[]) =>
    dissect(frames, CHAINS).flows.map((flow) => [flow.http_version_fwd, flow.http_version_rev]);
  assertEquals(versions(...upgrade), [["2", "2"]]);
  assertEquals(versions(...upgrade.slice(0, 2)), [["1.1", "1.1"]]);
  assertEquals(versions(upgrade[0]!, upgrade[2]!), [["1.1", null]]);
});
