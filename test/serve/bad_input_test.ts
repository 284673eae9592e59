/** Requests as no client of HTTP would make them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { rawRequest } from "./raw_request.ts";
import { RunningServer } from "./running_server.ts";

/** The status of each answer in a text. */
function statuses(text: string): number[] {
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

/** Asks for a path as it stands, with further lines of a header. */
async function get(url: string, path: string, ...lines: readonly string[]): Promise<string> {
  const header = [`GET ${path} HTTP/1.1`, "Host: localhost", ...lines, "Connection: close"];
  return await rawRequest(url, `${header.join("\r\n")}\r\n\r\n`);
}

Deno.test("no path leads out of what the server has, however its dots are written", async () => {
  using folder = new Folder();
  const mark = folder.at("loaded");
  folder.put(
    "evil.ts",
    new TextEncoder().encode(
      `Deno.writeTextFileSync(${JSON.stringify(mark)}, ""); export default {};`,
    ),
  );
  await using running = new RunningServer();
  const up = "../".repeat(20) + folder.path.slice(1);
  const encoded = (text: string) =>
    text.replaceAll(/[./]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  for (
    const path of [
      `/spiders/${up}/evil.ts`,
      `/spiders/${encoded(`${up}/evil.ts`)}`,
      `/spiders/${encoded(encoded(`${up}/evil.ts`)).replaceAll("%", "%25")}`,
      `/spiders/${encoded(`${folder.path}/evil.ts`)}`,
      `/spiders/file:%2f%2f${encoded(folder.path)}%2fevil.ts`,
      `/spiders/..%5c..%5cecn`,
      `/lists/..%2f..%2fetc%2fpasswd`,
      `/measurements/%2e%2e/%2e%2e/etc/passwd`,
      `/measurements/..%c0%af..%c0%afetc`,
      `/spiders/ecn%00.ts`,
    ]
  ) {
    const text = await get(running.url, path);
    assertEquals(statuses(text), [404], path);
    assert(!text.includes("root:"), path);
  }
  for (const spider of [`${folder.path}/evil.ts`, `file://${folder.path}/evil.ts`, "..\\ecn"]) {
    const { status } = await running.ask("/measurements", {
      ...{ method: "POST", json: { spider, targets: ["192.0.2.1"] } },
    });
    assertEquals(status, 422, spider);
  }
  assert(!folder.has("loaded"), "a plugin of a stranger was loaded");
  // Paths that anybody may ask for lead to no other one
  running.key();
  for (const path of ["/healthz/../status", "/about/%2e%2e/status", "//healthz/../status"]) {
    assertMatch(await get(running.url, path), /^HTTP\/1\.1 40[14] /, path);
  }
});

Deno.test("what a client sends is never a line of an answer's header", async () => {
  await using running = new RunningServer({ access: { origins: ["https://friend.example"] } });
  const upload = await running.ask("/lists?name=a", { method: "POST", body: "192.0.2.1\n" });
  const { id } = JSON.parse(upload.text);
  const measurement = await running.ask("/measurements", {
    method: "POST",
    json: {
      ...{ spider: "mss", targets: { list: id } },
      schedule: { start: "2999-01-01T00:00:00Z" },
    },
  });
  const { id: measured } = JSON.parse(measurement.text);
  for (const end of ["%0d%0a", "%0a", "%E5%98%8A%E5%98%8D"]) {
    const evil = `x${end}Set-Cookie:%20evil=1${end}${end}<html>`;
    for (
      const path of [
        `/${evil}`,
        `/spiders/${evil}`,
        `/lists/${evil}`,
        `/measurements/${evil}`,
        `/measurements?limit=1&before=${evil}`,
        `/measurements/${measured}/results?limit=1&condition=${evil}`,
        `/measurements/${measured}/results?format=${evil}`,
      ]
    ) {
      const text = await get(running.url, path);
      const header = text.slice(0, text.indexOf("\r\n\r\n"));
      assertEquals(statuses(text).length, 1, path);
      assert(!/^set-cookie/im.test(header), header);
      assert(!/^content-type: text\/html/im.test(header), header);
    }
  }
  for (const end of ["\r\n", "\n", "\r"]) {
    const text = await get(
      running.url,
      "/status",
      `Origin: https://friend.example${end} Set-Cookie: evil=1`,
      `X-API-Key: a${end}\tb`,
    );
    assert(!/^set-cookie/im.test(text), text);
  }
  // One that is in the query of a link stays there
  await running.ask("/measurements", {
    method: "POST",
    json: { spider: "mss", targets: ["192.0.2.1"], schedule: { start: "2999-01-01T00:00:00Z" } },
  });
  const paged = await get(running.url, "/measurements?limit=1");
  assertMatch(paged, /^link: <\/measurements\?limit=1&before=\d+>; rel="next"\r$/im);
});

Deno.test("octets that are no request, or could be two, are refused", async () => {
  await using running = new RunningServer();
  const host = "Host: localhost\r\n";
  for (
    const [what, text] of [
      ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
      ["NUL in a header", `GET /healthz HTTP/1.1\r\n${host}X-A: a\0b\r\n\r\n`],
      ["CR in a header", `GET /healthz HTTP/1.1\r\n${host}X-A: a\rb\r\n\r\n`],
      ["a blank before the colon", `GET /healthz HTTP/1.1\r\n${host}X-A : a\r\n\r\n`],
      ["a blank in the path", `GET /health z HTTP/1.1\r\n${host}\r\n`],
      [
        "two lengths",
        `POST /lists HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      ],
      ["a length that is none", `POST /lists HTTP/1.1\r\n${host}Content-Length: +1\r\n\r\na`],
      [
        "a chunk that is none",
        `POST /lists?name=a HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n192.0.2.1\r\n0\r\n\r\n`,
      ],
      ["a line without an end", `GET /${"a".repeat(1 << 20)}`],
      ["a header without an end", `GET / HTTP/1.1\r\n${host}X-A: ${"a".repeat(1 << 20)}`],
      [
        "very many headers",
        `GET / HTTP/1.1\r\n${host}${"X-A: a\r\n".repeat(2000)}\r\n`,
      ],
    ] as const
  ) {
    const answer = await rawRequest(running.url, text);
    // In the middle of a body there is nobody to be told any more
    assertEquals(statuses(answer), what === "a chunk that is none" ? [] : [400], what);
  }
  // Both a length and chunks: chunks count, and what follows is no second request (RFC 9112, section 6.3)
  const smuggled = await rawRequest(
    running.url,
    `POST /lists?name=a HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n` +
      "Connection: close\r\n\r\na\r\n192.0.2.1\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
  );
  assert(statuses(smuggled).length <= 1, smuggled);
  assertEquals((await running.ask("/healthz")).status, 200);
});

Deno.test("a Host that is none is a problem, and no fault of the server", async () => {
  await using running = new RunningServer();
  running.key();
  for (const host of ["[", "a b", "a:99999999", "[::1", "%", "a@b:c"]) {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const text = await rawRequest(
        running.url,
        `${method} /healthz HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://a.example\r\n` +
          "Content-Length: 0\r\nConnection: close\r\n\r\n",
      );
      assertEquals(statuses(text), [400], `${method} ${host}`);
    }
  }
  assertEquals(running.lines.filter((line) => /\berror\b|\.ts:/.test(line)), []);
});

Deno.test("addresses of a network in IPv6 are counted together", async () => {
  await using running = new RunningServer({
    access: {
      proxies: ["127.0.0.0/8"],
      rate_per_address: { per_second: 0.001, burst: 5 },
    },
  });
  const asked = async (client: string) =>
    (await running.ask("/status", { headers: { "x-forwarded-for": client } })).status;
  for (let host = 1; host <= 5; host++) assertEquals(await asked(`2001:db8::${host}`), 200);
  assertEquals(await asked("2001:db8::6"), 429);
  assertEquals(await asked("2001:db8:0:1::6"), 200);
});

Deno.test("__proto__ of a stranger is a key as any other, in bodies, lists and queries", async () => {
  await using running = new RunningServer();
  const evil = '{"polluted":1}';
  // Planned for never, so that none of them is measured
  const later = `"schedule":{"start":"2999-01-01T00:00:00Z"}`;
  const target = `"targets":["192.0.2.1"]`;
  for (
    const [expected, body] of [
      [202, `{"spider":"ecn",${target},${later},"options":{"__proto__":${evil}}}`],
      [202, `{"spider":"ecn","targets":[{"dip":"192.0.2.1","__proto__":${evil}}],${later}}`],
      [422, `{"spider":"ecn",${target},${later},"__proto__":${evil}}`],
      [422, `{"spider":"ecn",${target},"schedule":{"interval":60,"__proto__":${evil}}}`],
      [422, `{"spider":"constructor",${target},${later}}`],
      [422, `{"spider":"__proto__",${target},${later}}`],
      [
        422,
        `{"spider":"ecn",${target},${later},"options":{"constructor":{"prototype":${evil}}}}`,
      ],
    ] as const
  ) {
    const headers = { "content-type": "application/json" };
    const { status } = await running.ask("/measurements", { method: "POST", body, headers });
    assertEquals(status, expected, body);
  }
  const list = `{"dip":"192.0.2.1","__proto__":${evil}}\n`;
  const { status } = await running.ask("/lists?name=a", { method: "POST", body: list });
  assertEquals(status, 201);
  const query = await running.ask("/measurements?__proto__[polluted]=1&constructor=1");
  assertEquals(query.status, 422);
  assertEquals(({} as { polluted?: number }).polluted, undefined);
});
