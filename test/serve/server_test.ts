import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../src/host/failure.ts";
import { Database } from "../../src/serve/database/database.ts";
import { KeyStore } from "../../src/serve/keys/store.ts";
import { Folder } from "../data/temporary.ts";
import { endpointIn } from "./endpoints/plugin.ts";
import { keyIn, RunningServer } from "./running_server.ts";

/** What a problem says. */
function problem({ headers, text }: { readonly headers: Headers; readonly text: string }) {
  assertEquals(headers.get("content-type"), "application/problem+json");
  return JSON.parse(text);
}

Deno.test("without keys this host may ask everything, with one nobody may without", async () => {
  await using running = new RunningServer();
  await running.server.ready;
  assertEquals((await running.ask("/healthz")).status, 200);
  assertEquals(JSON.parse((await running.ask("/status")).text).measurements, { waiting: 0 });
  const key = running.key({ scopes: ["read"] });
  for (const path of ["/healthz", "/readyz", "/about"]) {
    assertEquals((await running.ask(path)).status, 200, path);
  }
  const refused = await running.ask("/status");
  assertEquals(refused.status, 401);
  assertEquals(refused.headers.get("www-authenticate"), 'Bearer realm="spider"');
  assertEquals(problem(refused), {
    type: "about:blank",
    title: "Unauthorized",
    status: 401,
    detail: "this needs a key with the scope read: send it as Authorization: Bearer KEY",
  });
  assertEquals((await running.ask("/status", { key })).status, 200);
});

Deno.test("a key is taken on every carrier that is switched on, and on none when it is not right", async () => {
  using folder = new Folder();
  const plugins = {
    mine: { plugin: endpointIn(folder, "mine", `methods: ["POST"], handler: () => [200, {}],`) },
  };
  await using running = new RunningServer({ access: { keys_in_parameters: true }, plugins });
  await using strict = new RunningServer({ plugins });
  const right = running.key({ scopes: ["read"] });
  const strictKey = strict.key({ scopes: ["read"] });
  const revoked = running.key();
  const expired = running.key({ expires: Date.now() - 1 });
  {
    using database = Database.open(running.database);
    const keys = new KeyStore(database);
    keys.revoke(keys.list()[1]!.id);
  }
  const carriers: Record<string, (key: string) => [string, RequestInit]> = {
    bearer: (key) => ["/status", { headers: { authorization: `Bearer ${key}` } }],
    "x-api-key": (key) => ["/status", { headers: { "x-api-key": key } }],
    "x-custom-auth": (key) => ["/status", { headers: { "x-custom-auth": key } }],
    query: (key) => [`/status?apikey=${key}`, {}],
    "JSON body": (key) => ["/mine", {
      method: "POST",
      body: JSON.stringify({ apikey: key }),
      headers: { "content-type": "application/json" },
    }],
    form: (key) => ["/mine", { method: "POST", body: new URLSearchParams({ apikey: key }) }],
  };
  const wrong = `spider_${"0".repeat(12)}_${"a".repeat(43)}`;
  for (const [carrier, request] of Object.entries(carriers)) {
    const told = async (key: string) => {
      const { status, text } = await running.ask(...request(key));
      return [status, JSON.parse(text).detail];
    };
    assertEquals((await told(right))[0], 200, carrier);
    assertEquals(await told(wrong), [401, "the key is no key of this server"], carrier);
    assertEquals(await told("nonsense"), [401, "the key is no key of this server"], carrier);
    assertEquals(await told(revoked), [401, "the key is revoked"], carrier);
    assertEquals(await told(expired), [401, "the key is expired"], carrier);
  }
  for (const carrier of ["query", "JSON body", "form"]) {
    const missing = running.ask(...carriers[carrier]!(""));
    assertEquals((await missing).status, 401, carrier);
    const { status } = await strict.ask(...carriers[carrier]!(strictKey));
    assertEquals(status, 401, `${carrier}, switched off`);
  }
});

Deno.test("a key does what its scope allows, and one of an endpoint nothing else", async () => {
  await using running = new RunningServer();
  const json = { spider: "ecn", targets: ["192.0.2.1"] };
  const reader = running.key({ scopes: ["read"] });
  const post = await running.ask("/measurements", { method: "POST", key: reader, json });
  assertEquals([post.status, problem(post).detail], [
    403,
    "this needs a key with the scope measure, and this one has read",
  ]);
  const own = running.key({ scopes: ["admin"], endpoint: "example" });
  assertEquals((await running.ask("/status", { key: own })).status, 403);
});

Deno.test("where the last key has ended nobody may do what it allowed", async () => {
  await using running = new RunningServer();
  const key = running.key({ scopes: ["admin"] });
  const { keys: [{ id }] } = JSON.parse((await running.ask("/keys", { key })).text);
  assertEquals((await running.ask(`/keys/${id}`, { method: "DELETE", key })).status, 204);
  assertEquals((await running.ask("/keys")).status, 401);
  assertEquals(
    (await running.ask("/keys", { method: "POST", json: { name: "evil" } })).status,
    401,
  );
});

Deno.test("what a key shows is kept by nobody on the way", async () => {
  await using running = new RunningServer();
  for (const path of ["/status", "/measurements", "/systeminfo"]) {
    const { headers } = await running.ask(path);
    assertEquals(headers.get("cache-control"), "private, no-store", path);
  }
});

Deno.test("another method than a path takes is told which it takes, and a path that is none nothing", async () => {
  await using running = new RunningServer();
  const seen = async (method: string, path: string) => {
    const answer = await running.ask(path, { method });
    return [answer.status, answer.headers.get("allow")];
  };
  assertEquals(await seen("PUT", "/measurements"), [405, "POST, GET, HEAD"]);
  assertEquals(await seen("POST", "/healthz"), [405, "GET, HEAD"]);
  assertEquals(await seen("POST", "/measurements/0/results"), [405, "GET, HEAD"]);
  assertEquals(await seen("GET", "/measurement"), [404, null]);
  assertEquals(await seen("GET", "/spiders/none"), [404, null]);
});

Deno.test("names of others, pages of others and callers in a hurry are refused", async () => {
  await using running = new RunningServer({
    access: {
      origins: ["https://friend.example"],
      rate_per_address: { per_second: 0.001, burst: 20 },
    },
  });
  const { port } = new URL(running.url);
  // fetch sets Host itself
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  const text = `GET /status HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(text));
  assertMatch(await new Response(connection.readable).text(), /^HTTP\/1\.1 421 /);
  const from = (origin: string, method = "GET") =>
    running.ask("/measurements", { method, headers: { origin } });
  const friend = await from("https://friend.example");
  assertEquals(friend.headers.get("access-control-allow-origin"), "https://friend.example");
  assertEquals(friend.headers.get("access-control-allow-credentials"), "true");
  const stranger = await from("https://stranger.example");
  assertEquals([stranger.status, stranger.headers.get("access-control-allow-origin")], [200, null]);
  assertEquals((await from("https://stranger.example", "POST")).status, 403);
  const asked = await running.ask("/measurements", {
    method: "OPTIONS",
    headers: { origin: "https://friend.example", "access-control-request-method": "POST" },
  });
  assertEquals(
    [asked.status, asked.headers.get("access-control-allow-methods")?.includes("POST")],
    [
      204,
      true,
    ],
  );
  const answers = [];
  for (let i = 0; i < 20; i++) answers.push(await running.ask("/status"));
  const late = answers.at(-1)!;
  assertEquals(late.status, 429);
  assert(Number(late.headers.get("retry-after")) > 0);
});

Deno.test("each key may ask as often as the rate says, however it is carried, and whoever else asks", async () => {
  using folder = new Folder();
  const plugin = endpointIn(folder, "mine", `methods: ["POST"], handler: () => [200, {}],`);
  await using running = new RunningServer({
    access: { keys_in_parameters: true, rate_per_key: { per_second: 0.001, burst: 3 } },
    plugins: { mine: { plugin } },
  });
  const keys = [1, 2, 3].map(() => running.key({ scopes: ["read"] }));
  const seen = async (...asked: Parameters<typeof running.ask>) => {
    const { status, headers } = await running.ask(...asked);
    return [status, headers.has("retry-after")];
  };
  const ways = [
    (key: string) => seen("/status", { key }),
    (key: string) => seen("/mine", { method: "POST", json: { apikey: key } }),
  ];
  for (const [at, asked] of ways.entries()) {
    for (let times = 0; times < 3; times++) assertEquals(await asked(keys[at]!), [200, false]);
    assertEquals(await asked(keys[at]!), [429, true]);
  }
  assertEquals(await ways[0]!(keys[2]!), [200, false]);
});

Deno.test("where no origins are named, pages of none may ask", async () => {
  await using running = new RunningServer({ access: { origins: false } });
  const from = (method: string, headers = {}) =>
    running.ask("/measurements", {
      ...{ method, headers: { origin: "https://page.example", ...headers } },
    });
  const read = await from("GET");
  assertEquals([read.status, read.headers.get("access-control-allow-origin")], [200, null]);
  assertEquals((await from("POST")).status, 403);
  const asked = await from("OPTIONS", { "access-control-request-method": "POST" });
  assertEquals([asked.status, asked.headers.get("access-control-allow-methods")], [403, null]);
  // A page of the server itself may; what it asks is no measurement here
  const own = await running.ask("/measurements", {
    ...{ method: "POST", json: {}, headers: { origin: running.url } },
  });
  assertEquals(own.status, 422);
});

Deno.test("bodies that are too large, too slow, no JSON or not as they must be are problems", async () => {
  await using running = new RunningServer({ requests: { upload: 2000, seconds: 1 } });
  const post = (body: BodyInit | null, type = "application/json") =>
    running.ask("/measurements", { method: "POST", body, headers: { "content-type": type } });
  assertEquals((await post("x".repeat(3000))).status, 413);
  let pieces = 0;
  const long = new ReadableStream({
    pull: (controller) =>
      pieces++ < 20 ? controller.enqueue(new Uint8Array(500)) : controller.close(),
  }, { highWaterMark: 0 });
  assertEquals((await post(long)).status, 413);
  let end = () => {};
  const slow = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(1));
      end = () => controller.close();
    },
  });
  assertEquals((await post(slow)).status, 408);
  end();
  assertEquals((await post("{}", "text/plain")).status, 415);
  assertEquals((await post("{")).status, 400);
  assertEquals((await post("[".repeat(1900))).status, 422);
  const wrong = await post(JSON.stringify({ spidr: "ecn", targets: [], rate: -1 }));
  assertEquals(wrong.status, 422);
  assertEquals(problem(wrong).errors.map(({ at }: { at: string }) => at).sort(), [
    "/rate",
    "/spider",
    "/spidr",
    "/targets",
  ]);
  const polluting = await post('{"spider":"ecn","targets":["192.0.2.1"],"__proto__":{"a":1}}');
  assertEquals([polluting.status, ({} as { a?: number }).a], [422, undefined]);
  for (
    const [json, at] of [
      [{ spider: "nothing", targets: ["192.0.2.1"] }, "/spider"],
      [
        { spider: "dscp", options: { codepoint: 64 }, targets: ["192.0.2.1"] },
        "/options/codepoint/0",
      ],
      [{ spider: "ecn", connect: "udp", targets: ["192.0.2.1"] }, "/connect"],
      [{ spider: "../ecn", targets: ["192.0.2.1"] }, "/spider"],
    ] as const
  ) {
    const { status, text } = await running.ask("/measurements", { method: "POST", json });
    assertEquals([status, JSON.parse(text).errors[0].at], [422, at]);
  }
  assertEquals((await running.ask("/nothing")).status, 404);
  assertEquals((await running.ask("/measurements/nothing")).status, 404);
});

Deno.test("spiders tell their options as JSON Schema", async () => {
  await using running = new RunningServer();
  const { spiders } = JSON.parse((await running.ask("/spiders")).text);
  assert(spiders.some(({ name }: { name: string }) => name === "ecn"));
  const dscp = JSON.parse((await running.ask("/spiders/dscp")).text);
  assertEquals(dscp.options.properties.codepoint.items.maximum, 63);
  assertStringIncludes(Object.keys(dscp.conditions).join(), "dscp.N.connectivity.works");
  assertEquals((await running.ask("/spiders/..%2fecn")).status, 404);
});

Deno.test("a database that is damaged, newer, or another server's is refused and kept", async () => {
  using folder = new Folder();
  const path = folder.put("serve.db", new TextEncoder().encode("no database at all ".repeat(100)));
  const start = () => new RunningServer({}, {}, folder);
  assertMatch(assertThrows(start, Failure).message, /cannot use the database .*left as it is/);
  assertStringIncludes(folder.text("serve.db"), "no database at all");
  Deno.removeSync(path);
  {
    await using _first = start();
    assertMatch(assertThrows(start, Failure).message, /another server uses/);
    keyIn(path); // other processes may make keys meanwhile
  }
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  assertMatch(assertThrows(start, Failure).message, /is of version 999, and this program knows/);
});

Deno.test("where others can reach it, it starts with a key alone; a taken port is a sentence", async () => {
  using folder = new Folder();
  const others = () => new RunningServer({ listen: { host: "0.0.0.0" } }, {}, folder);
  assertMatch(assertThrows(others, Failure).message, /this server has no keys: make one/);
  keyIn(folder.at("serve.db"), { scopes: ["read"] });
  {
    await using open = others();
    assertEquals((await fetch(`http://127.0.0.1:${new URL(open.url).port}/status`)).status, 401);
  }
  await using running = new RunningServer();
  const taken = () => new RunningServer({ listen: { port: Number(new URL(running.url).port) } });
  assertMatch(assertThrows(taken, Failure).message, /the port is in use/);
  const tls = { certificate: folder.at("none.pem"), key: folder.at("none.pem") };
  assertMatch(
    assertThrows(() => new RunningServer({ listen: { tls } }), Failure).message,
    /cannot read the certificate/,
  );
  const bad = folder.put("bad.pem", new TextEncoder().encode("nonsense"));
  assertThrows(
    () => new RunningServer({ listen: { tls: { certificate: bad, key: bad } } }),
    Failure,
  );
});

Deno.test("numbers for Prometheus count requests by method and status, and measurements by state", async () => {
  await using running = new RunningServer();
  const later = {
    spider: "mss",
    targets: ["192.0.2.1"],
    schedule: { start: "2999-01-01T00:00:00Z" },
  };
  await running.ask("/measurements", { method: "POST", json: later });
  await running.ask("/nothing");
  await running.ask("/nothing", { method: "MADE-UP" });
  const { headers, text } = await running.ask("/metrics");
  assertMatch(headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  for (
    const line of [
      'spider_measurements{state="scheduled"} 1',
      'spider_requests_total{method="POST",status="202"} 1',
      'spider_requests_total{method="GET",status="404"} 1',
      'spider_requests_total{method="other",status="404"} 1',
    ]
  ) assertStringIncludes(text, `\n${line}\n`);
  assertMatch(text, /\nprocess_resident_memory_bytes \d{7,}\n/);
});
