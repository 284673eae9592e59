import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { configWith, RunningServer } from "../running_server.ts";
import { endpointIn } from "./plugin.ts";

Deno.test("an endpoint is asked with all of a request, each part in its own place", async () => {
  using folder = new Folder();
  const plugin = endpointIn(
    folder,
    "echo",
    `methods: ["GET", "POST"],
  options: { greeting: { type: "string", summary: "a word", default: "hi" } },
  handler: (request, { options, route, config }) => [299, {
    ...request, signal: undefined, options, route, port: config.listen.port,
    bare: [request.query, request.headers, request.data].map((one) => Object.getPrototypeOf(one)),
  }, { "x-own": "yes", connection: "close" }],`,
  );
  await using running = new RunningServer({
    access: { keys_in_parameters: true },
    plugins: { echo: { plugin, route_path: "/a/echo", options: { greeting: "hello" } } },
  });
  await running.server.ready;
  const key = running.key({ scopes: ["read"] });
  const answer = await running.ask(
    `/a/echo/some/sub%2fpath/?x=1&x=2&y=3&__proto__=4&apikey=${key}`,
    { method: "POST", json: { y: 5, z: [6], apikey: key }, headers: { "x-mine": "7" } },
  );
  assertEquals([answer.status, answer.headers.get("x-own")], [299, "yes"]);
  const { headers, ...got } = JSON.parse(answer.text);
  assertEquals(got, {
    method: "POST",
    path: "some/sub%2fpath/",
    segments: ["some", "sub/path", ""],
    query: JSON.parse('{ "x": ["1", "2"], "y": "3", "__proto__": "4" }'),
    body: { y: 5, z: [6] },
    data: JSON.parse('{ "x": ["1", "2"], "y": 5, "__proto__": "4", "z": [6] }'),
    client: "127.0.0.1",
    options: { greeting: "hello" },
    route: "/a/echo",
    port: 0,
    bare: [null, null, null],
  });
  assertEquals([headers["x-mine"], headers.authorization], ["7", undefined]);
  // By the body alone, as clients of pluginserver do
  const asked = (json: unknown) => running.ask("/a/echo", { method: "POST", json });
  assertEquals((await asked({ apikey: key })).status, 299);
  assertEquals((await asked({ apikey: `${key}x` })).status, 401);
  assertEquals((await asked({})).status, 401);
  const options = await running.ask("/a/echo", { method: "OPTIONS", key });
  assertEquals([options.status, options.headers.get("allow")], [204, "OPTIONS, GET, HEAD, POST"]);
  assertEquals((await running.ask("/a/echo", { method: "DELETE", key })).status, 405);
  const broken = await running.ask("/a/echo", {
    method: "POST",
    key,
    body: "{",
    headers: { "content-type": "application/json" },
  });
  assertEquals(broken.status, 400);
  assertEquals((await running.ask("/a", { key })).status, 404);
});

Deno.test("answers of every sort come as they are, and what is none is 500 with its number", async () => {
  using folder = new Folder();
  const plugin = endpointIn(
    folder,
    "sorts",
    `handler: ({ segments: [sort] }) => sorts[sort]?.() ?? [404, null],`,
    `const sorts = {
  text: () => [200, "text"],
  html: () => [200, "<p>", { "content-type": "text/html" }],
  octets: () => [201, Uint8Array.of(1, 2)],
  stream: () => [200, ReadableStream.from([new TextEncoder().encode("a"), new TextEncoder().encode("b")])],
  list: async () => [203, [1, null]],
  response: () => Response.json({ is: "response" }, { status: 418, headers: { "set-cookie": "a=b" } }),
  moved: () => [302, undefined, { location: "/elsewhere" }],
  throws: () => { throw new Error("deep inside"); },
  none: () => "text",
  split: () => [200, "", { "x-a": "b\\r\\nset-cookie: c=d" }],
  circle: () => { const circle = {}; circle.circle = circle; return [200, circle]; },
  marked: () => [200, "x", { "spider-failed": "1" }],
};`,
  );
  await using running = new RunningServer({ plugins: { sorts: { plugin } } });
  const seen = async (sort: string) => {
    const answer = await fetch(`${running.url}/sorts/${sort}`, { redirect: "manual" });
    return [answer.status, answer.headers.get("content-type"), await answer.text()];
  };
  assertEquals(await seen("text"), [200, "text/plain; charset=utf-8", "text"]);
  assertEquals(await seen("html"), [200, "text/html", "<p>"]);
  assertEquals(await seen("octets"), [201, "application/octet-stream", "\x01\x02"]);
  assertEquals(await seen("stream"), [200, "application/octet-stream", "ab"]);
  assertEquals(await seen("list"), [203, "application/json", "[1,null]\n"]);
  assertEquals(await seen("response"), [418, "application/json", '{"is":"response"}']);
  assertEquals(await seen("moved"), [302, null, ""]);
  assertEquals(await seen("marked"), [200, "text/plain; charset=utf-8", "x"]);
  for (
    const [sort, why] of Object.entries({
      throws: /deep inside[^]*sorts\.ts/,
      none: /neither \[status, value, headers\] nor a Response/,
      split: /a name or a value that none can have/,
      circle: /cannot be JSON/,
    })
  ) {
    const [status, type, text] = await seen(sort);
    assertEquals([status, type], [500, "application/problem+json"], sort);
    const { id } = JSON.parse(String(text));
    const line = running.lines.find((one) => one.includes(id))!;
    assertMatch(line, why);
    assert(!String(text).includes("deep inside"));
  }
});

Deno.test("one that hangs, floods or dies is bounded, ended and started again; others go on", async () => {
  using folder = new Folder();
  const plugin = endpointIn(
    folder,
    "rough",
    `limits: { answer: 1_000_000, body: 100 },
  methods: ["GET", "POST"],
  handler: ({ segments: [what] }) => ways[what ?? "fine"](),`,
    `const ways = {
  fine: () => [200, ""],
  die: () => Deno.exit(3),
  print: () => { console.log("a line"); return [200, ""]; },
  flood: () => [200, new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536)) })],
};`,
  );
  // On a busy machine it may be late with any request: what it has done it notes in files
  const late = endpointIn(
    folder,
    "late",
    `limits: { seconds: 0.3 }, handler: ({ segments: [what] }) => ways[what](),`,
    `const note = (name) => Deno.writeTextFileSync(${
      JSON.stringify(folder.path)
    } + "/" + name, \`\${Deno.pid}\\n\`);
const ways = {
  fine: () => { note("fine"); return [200, ""]; },
  hang: () => { note("hang"); while (true); },
  wait: () => { note("wait"); return new Promise(() => {}); },
};`,
  );
  const calm = endpointIn(folder, "calm", `handler: () => [200, "calm"],`);
  await using running = new RunningServer({
    plugins: { rough: { plugin }, late: { plugin: late }, calm: { plugin: calm } },
  });
  const status = async (path: string) => (await running.ask(path)).status;
  const noted = (name: string) => folder.has(name) && folder.text(name).endsWith("\n");
  // Neither body nor answer may be larger
  const large = await running.ask("/rough", { method: "POST", body: "x".repeat(101) });
  assertEquals(large.status, 413);
  await assertRejects(() => running.ask("/rough/flood"));
  await until("the log says so", () => running.lines.some((one) => /1000000 octets/.test(one)));
  await running.ask("/rough/print");
  await until("it is logged", () => running.lines.some((one) => /plugin rough: a line/.test(one)));
  await until("it has waited", async () => {
    assertEquals(await status("/late/wait"), 504);
    return noted("wait");
  });
  // Late alone: the process goes on
  await until("it hangs", async () => {
    assertEquals(await Promise.all([status("/late/hang"), status("/calm")]), [504, 200]);
    return noted("hang");
  });
  assertEquals(folder.text("hang"), folder.text("wait"));
  await until("another one answers", async () => await status("/late/fine") === 200);
  assert(folder.text("fine") !== folder.text("hang"));
  assertEquals(await status("/rough/die"), 500);
  await until("it is back", async () => await status("/rough") === 200);
});

Deno.test("one whose tasks and timers do not end is gone all the same when it is taken out", async () => {
  using folder = new Folder();
  const plugin = endpointIn(
    folder,
    "leaky",
    `init: ({ task }) => { setInterval(() => {}, 10); task("deaf", () => new Promise(() => {})); },
  handler: () => [200, Deno.pid],`,
  );
  await using running = new RunningServer({ plugins: { leaky: { plugin } } });
  const pid = Number((await running.ask("/leaky")).text);
  assertEquals((await running.ask("/plugins/leaky/unload", { method: "POST" })).status, 200);
  assertThrows(() => Deno.statSync(`/proc/${pid}`), Deno.errors.NotFound);
  assert(running.lines.some((line) => line.includes("1 of its tasks go on 3 s after its end")));
});

Deno.test("only so many are asked at once, and requests under way are finished", async () => {
  using folder = new Folder();
  const plugin = endpointIn(
    folder,
    "gate",
    `limits: { concurrency: 2 },
  handler: ({ segments: [what] }) => what === "wait" ? new Promise((resolve) => waiting.push(resolve)) : [200, waiting.length],`,
    `const waiting = [];
setInterval(() => { if (waiting.length === 2) for (const one of waiting) one([200, "went"]); }, 20);`,
  );
  await using running = new RunningServer({ plugins: { gate: { plugin } } });
  const both = [running.ask("/gate/wait"), running.ask("/gate/wait")];
  const refused = await Promise.any(
    Array.from({ length: 8 }, async () => {
      const answer = await running.ask("/gate/wait");
      if (answer.status !== 503) throw new Error(answer.text);
      return answer;
    }),
  );
  assertEquals(refused.headers.get("retry-after"), "1");
  for (const { status } of await Promise.all(both)) assert([200, 503].includes(status));
});

Deno.test("reloading takes new code, of modules below too; the old one is closed once, when its requests ended", async () => {
  using folder = new Folder();
  const write = (version: number) => {
    Deno.writeTextFileSync(folder.at("below.ts"), `export const version: number = ${version};`);
  };
  write(1);
  const plugin = endpointIn(
    folder,
    "changing",
    `init: ({ task, log }) => task("ticks", async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    log("info", \`task \${version} ended\`);
  }),
  async handler({ segments: [what] }) {
    if (what === "slow") while (!exists(released)) await new Promise((resolve) => setTimeout(resolve, 10));
    return [200, version];
  },
  close: ({ log }) => log("info", \`closed \${version}\`),`,
    `import { version } from "./below.ts";
const released = ${JSON.stringify(folder.at("released"))};
const exists = (path) => { try { return Deno.statSync(path).isFile; } catch { return false; } };`,
  );
  await using running = new RunningServer({ plugins: { changing: { plugin } } });
  const key = running.key({ scopes: ["admin"] });
  const get = async (path = "/changing") => (await running.ask(path, { key })).text.trim();
  const control = (action: string) => running.ask(`/plugins/${action}`, { method: "POST", key });
  const logged = (text: string) => running.lines.filter((one) => one.includes(text)).length;
  assertEquals(await get(), "1");
  const slow = get("/changing/slow");
  await until("it is asked", async () => await get() === "1");
  write(2);
  assertEquals((await control("changing/reload")).status, 200);
  assertEquals(await get(), "2");
  assertEquals(logged("closed 1"), 0);
  folder.put("released", new Uint8Array());
  assertEquals(await slow, "1");
  await until("the old one is closed", () => logged("closed 1") === 1);
  assertEquals(logged("task 1 ended"), 1);
  // What is broken leaves what is there
  Deno.writeTextFileSync(folder.at("below.ts"), "export const version = ;");
  const refused = await control("changing/reload");
  assertEquals(refused.status, 409);
  assertStringIncludes(JSON.parse(refused.text).detail, "below.ts");
  assertEquals(await get(), "2");
  write(3);
  assertEquals((await control("reload")).status, 200);
  assertEquals(await get(), "3");
  const unloaded = JSON.parse((await control("changing/unload")).text);
  assertEquals([unloaded.state, logged("closed 3")], ["unloaded", 1]);
  assertEquals((await running.ask("/changing", { key })).status, 404);
  assertEquals((await control("changing/reload")).status, 409);
  assertEquals((await control("changing/load")).status, 200);
  assertEquals(await get(), "3");
  assertEquals((await control("other/load")).status, 404);
  const { plugins } = JSON.parse(await get("/plugins"));
  const names = plugins.map(({ name }: { readonly name: string }) => name);
  assertEquals(names, ["changing", "netinfo", "sessions", "systeminfo"]);
  assertEquals([logged("closed 1"), logged("closed 2"), logged("closed 3")], [1, 1, 1]);
});

Deno.test("another configuration loads what it changes, and keeps what cannot be replaced", async () => {
  using folder = new Folder();
  const slow = endpointIn(
    folder,
    "slow",
    `handler: () => [200, new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(9)) })],`,
  );
  const echo = endpointIn(
    folder,
    "echo",
    `options: { word: { type: "integer", summary: "one", default: 1 } },
  handler: (_, { options }) => [200, options.word],`,
  );
  const plugins = (word: unknown, rest = {}) => ({
    plugins: { echo: { plugin: echo, options: { word } }, ...rest },
  });
  await using running = new RunningServer(plugins(2, { slow: { plugin: slow } }));
  const word = async () => (await running.ask("/echo")).text.trim();
  assertEquals(await word(), "2");
  // An answer that never ends holds up nobody
  const endless = await fetch(`${running.url}/slow`);
  await running.server.reload(configWith(plugins(3)));
  assertEquals([await word(), (await running.ask("/slow")).status], ["3", 404]);
  await running.server.reload(configWith(plugins("no number")));
  assertEquals(await word(), "3");
  assert(running.lines.some((line) => line.includes("the plugin echo cannot be loaded")));
  await endless.body!.cancel();
});

Deno.test("what a plugin says that it may take is no more than usual; the configuration may say so", async () => {
  using folder = new Folder();
  const plugin = endpointIn(
    folder,
    "greedy",
    `limits: { body: 2 ** 29, concurrency: 5 }, handler: () => [200, ""],`,
  );
  await using running = new RunningServer({
    plugins: { greedy: { plugin }, other: { plugin, limits: { body: 2 ** 21 } } },
  });
  await running.server.ready;
  const limits = async (name: string) =>
    JSON.parse((await running.ask(`/plugins/${name}`)).text).limits;
  const usual = { seconds: 30, answer: 2 ** 26, concurrency: 5 };
  assertEquals(await limits("greedy"), { ...usual, body: 2 ** 20 });
  assertEquals(await limits("other"), { ...usual, body: 2 ** 21 });
});

Deno.test("a key may be for one endpoint alone, and scopes are the configuration's", async () => {
  using folder = new Folder();
  const plugin = endpointIn(folder, "mine", `scope: "open", handler: () => [200, "mine"],`);
  await using running = new RunningServer({
    plugins: { mine: { plugin, scope: "measure" }, example: { scope: "open" } },
  });
  const own = running.key({ scopes: ["measure"], endpoint: "mine" });
  const reader = running.key({ scopes: ["read"] });
  const status = async (path: string, key?: string) =>
    (await running.ask(path, key === undefined ? {} : { key })).status;
  assertEquals(await status("/mine", own), 200);
  assertEquals([await status("/systeminfo", own), await status("/status", own)], [403, 403]);
  assertEquals([await status("/mine", reader), await status("/mine")], [403, 401]);
  assertEquals(await status("/example"), 200);
});

Deno.test("options of an endpoint may be in a file of their own, as JSON", async () => {
  using folder = new Folder();
  const plugin = endpointIn(
    folder,
    "told",
    `options: { words: { type: "string", repeated: true, summary: "some" } },
  handler: (_, { options }) => [200, options.words],`,
  );
  const file = folder.put("told.json", new TextEncoder().encode('{ "words": ["a", "b"] }'));
  await using running = new RunningServer({ plugins: { told: { plugin, options_file: file } } });
  await running.server.ready;
  assertEquals((await running.ask("/told")).text, '["a","b"]\n');
});

Deno.test("endpoints that cannot be keep the server from starting, each with its sentence", async () => {
  using folder = new Folder();
  const broken = endpointIn(folder, "broken", `handler: () => [200, ""], nonsense: 1,`);
  const fails = endpointIn(
    folder,
    "fails",
    `init() { throw new Error("no"); }, handler: () => {},`,
  );
  const fine = endpointIn(folder, "fine", `handler: () => [200, ""],`);
  const list = folder.put("list.json", new TextEncoder().encode("[1]"));
  const planned = {
    "both answer at /same": {
      a: { plugin: fine, route_path: "/same" },
      b: { plugin: fine, route_path: "/same" },
    },
    "/status/more is the server's own": { fine: { plugin: fine, route_path: "/status/more" } },
    "are no object": { fine: { plugin: fine, options_file: list } },
    "cannot read the options of the plugin fine": { fine: { plugin: fine, options_file: "/no" } },
  };
  for (const [said, plugins] of Object.entries(planned)) {
    const error = assertThrows(() => new RunningServer({ plugins }), Failure);
    assertStringIncludes(error.message, said);
  }
  const loaded = {
    "nonsense is no member of an endpoint": { broken: { plugin: broken } },
    "the endpoint fails failed in init: Error: no": { fails: { plugin: fails } },
    "there is no plugin nowhere": { nowhere: {} },
    "ecn is a spider, and no endpoint": { ecn: {} },
    "needs a folder to show": { files: {} },
    "cannot show /no-such: it is no folder": { files: { options: { folder: "/no-such" } } },
    'option "depth" is not known': { fine: { plugin: fine, options: { depth: 1 } } },
    "cannot be reached": { far: { plugin: "https://127.0.0.1:1/mod.ts" } },
  };
  for (const [said, plugins] of Object.entries(loaded)) {
    await using running = new RunningServer({ plugins });
    const error = await assertRejects(() => running.server.ready, Failure);
    assertStringIncludes(error.message, said);
  }
});
