import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { RunningServer } from "../running_server.ts";

Deno.test("interfaces come with their addresses and, once counted twice, their rates", async () => {
  await using running = new RunningServer({ plugins: { netinfo: { options: { interval: 0.1 } } } });
  const lo = async () => JSON.parse((await running.ask("/netinfo/lo")).text);
  const { name, addresses } = await lo();
  assertEquals(name, "lo");
  assert(
    addresses.some((one: unknown) =>
      JSON.stringify(one) === '{"address":"127.0.0.1","prefix":8,"family":4}'
    ),
  );
  await until("there are rates", async () => (await lo()).rates !== null);
  assert((await lo()).octets.rx > 0);
  const { interfaces } = JSON.parse((await running.ask("/netinfo")).text);
  assert(interfaces.length > 0);
  assertEquals((await running.ask("/netinfo/no-such")).status, 404);
});

Deno.test("what a host is comes whole, or by its parts", async () => {
  await using running = new RunningServer();
  const whole = JSON.parse((await running.ask("/systeminfo")).text);
  const parts = ["host", "cpu", "memory", "disk", "load", "uptime", "network"];
  assertEquals(Object.keys(whole), parts);
  assert(whole.memory.total > whole.memory.available && whole.memory.available > 0);
  assertEquals(whole.disk[0].path, "/");
  for (const part of parts) assertEquals((await running.ask(`/systeminfo/${part}`)).status, 200);
  assert(JSON.parse((await running.ask("/systeminfo/uptime")).text) > 0);
  const wrong = await running.ask("/systeminfo/__proto__");
  assertEquals(wrong.status, 404);
  assertStringIncludes(wrong.text, "there is host, cpu");
});

Deno.test("a key logs in once, and its cookie is as good until it ends", async () => {
  await using running = new RunningServer();
  const key = running.key({ scopes: ["read"] });
  const post = (body: unknown) => running.ask("/sessions", { method: "POST", json: body });
  assertEquals((await post({ key: "spider_0_0" })).status, 401);
  for (const wrong of [{ key: 1 }, {}, []]) assertEquals((await post(wrong)).status, 400);
  const opened = await post({ key });
  assertEquals(opened.status, 201);
  assertEquals(JSON.parse(opened.text).scopes, ["read"]);
  const set = opened.headers.get("set-cookie")!;
  assertMatch(
    set,
    /^spider_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  );
  const cookie = set.split(";")[0]!;
  assertEquals((await running.ask("/status")).status, 401);
  // A key in a query would stand in logs
  assertEquals((await running.ask(`/sessions?key=${key}`, { method: "POST" })).status, 400);
  const two = { headers: { cookie: `spider_session=junk; ${cookie}` } };
  for (const path of ["/status", "/sessions/current"]) {
    assertEquals((await running.ask(path, two)).status, 200);
  }
  const as = (method: string, path: string, json?: unknown) =>
    running.ask(path, { method, headers: { cookie }, ...(json === undefined ? {} : { json }) });
  assertEquals((await as("GET", "/status")).status, 200);
  // It may no more than the key
  assertEquals((await as("POST", "/plugins/reload")).status, 403);
  const updated = await as("PATCH", "/sessions/current", { data: { theme: "dark" } });
  assertEquals(updated.status, 200);
  assertEquals(JSON.parse((await as("GET", "/sessions/current")).text).data, { theme: "dark" });
  assertEquals((await as("PATCH", "/sessions/current", { theme: "dark" })).status, 400);
  assertEquals((await as("DELETE", "/sessions/current")).status, 204);
  assertEquals((await as("GET", "/sessions/current")).status, 401);
  assertEquals((await as("GET", "/status")).status, 401);
});

Deno.test("a session ends with its key", async () => {
  await using running = new RunningServer();
  running.key({ scopes: ["admin"] });
  const text = running.key({ scopes: ["admin"] });
  const opened = await running.ask("/sessions", { method: "POST", json: { key: text } });
  const cookie = opened.headers.get("set-cookie")!.split(";")[0]!;
  const status = async () => (await running.ask("/status", { headers: { cookie } })).status;
  assertEquals(await status(), 200);
  const revoked = await running.ask(`/keys/${JSON.parse(opened.text).key}`, {
    method: "DELETE",
    headers: { cookie },
  });
  assertEquals(revoked.status, 204);
  assertEquals(await status(), 401);
});

/** A server that shows a folder with some files, and one beside it that is nobody's. */
function serving(folder: Folder, options: Record<string, unknown> = {}) {
  Deno.mkdirSync(folder.at("shown/runs"), { recursive: true });
  Deno.writeTextFileSync(folder.at("secret"), "secret");
  Deno.writeTextFileSync(folder.at("shown/results.ndjson"), "0123456789");
  Deno.writeTextFileSync(folder.at("shown/empty.txt"), "");
  Deno.writeTextFileSync(
    folder.at("shown/runs/report.md"),
    "# Seen\n\n| a | b |\n|-|-|\n| 1 | 2 |\n",
  );
  Deno.writeTextFileSync(folder.at("shown/.hidden"), "hidden");
  Deno.symlinkSync(folder.at("secret"), folder.at("shown/out"));
  Deno.symlinkSync("results.ndjson", folder.at("shown/in"));
  Deno.symlinkSync("/", folder.at("shown/root"));
  return new RunningServer({
    plugins: { files: { options: { folder: folder.at("shown"), ...options } } },
  });
}

Deno.test("files of a folder are shown, and none beside it, however it is asked for", async () => {
  using folder = new Folder();
  await using running = serving(folder, { list: true });
  const shown = await running.ask("/files/results.ndjson");
  assertEquals([shown.status, shown.text], [200, "0123456789"]);
  assertEquals(shown.headers.get("content-type"), "application/x-ndjson");
  assertMatch(shown.headers.get("content-security-policy")!, /^sandbox;/);
  assertEquals((await running.ask("/files/in")).text, "0123456789");
  const outside = [
    ...["out", "root", "root/etc/passwd", ".hidden", "..%2fsecret", "%2e%2e/secret"],
    ...["..%5csecret", "%252e%252e%252fsecret", "runs%2freport.md", "results.ndjson/", "%00"],
    ...["//etc/passwd", "runs/..%2f..%2fsecret"],
  ];
  for (const path of outside) {
    const { status, text } = await running.ask(`/files/${path}`);
    assertEquals(status, 404, path);
    assert(!text.includes("secret") || path.includes("secret"), text);
  }
  assertEquals((await running.ask("/files/%ff")).status, 400);
  const moved = await fetch(`${running.url}/files/runs`, { redirect: "manual" });
  assertEquals([moved.status, moved.headers.get("location")], [308, "/files/runs/"]);
  await moved.body?.cancel();
  const list = await running.ask("/files/");
  assertMatch(list.text, /<a href="\.\/results\.ndjson">results\.ndjson<\/a><\/td><td>10</);
  assert(!list.text.includes("hidden"));
  const page = await running.ask("/files/runs/report.md");
  assertMatch(page.text, /<title>Seen<\/title>[^]*<h1>Seen<\/h1>[^]*<td>1<\/td>/);
  Deno.removeSync(folder.at("shown"), { recursive: true });
  assertEquals((await running.ask("/files/")).status, 404, "the folder is gone");
});

Deno.test("ranges, conditions and heads of files are those of RFC 9110", async () => {
  using folder = new Folder();
  await using running = serving(folder);
  const path = "/files/results.ndjson";
  const ranges: Record<string, [number, string, string | null]> = {
    "bytes=2-4": [206, "234", "bytes 2-4/10"],
    "bytes=7-": [206, "789", "bytes 7-9/10"],
    "bytes=-3": [206, "789", "bytes 7-9/10"],
    "bytes=-30": [206, "0123456789", "bytes 0-9/10"],
    "bytes=8-99": [206, "89", "bytes 8-9/10"],
    "bytes=10-": [416, "", "bytes */10"],
    "bytes=-0": [416, "", "bytes */10"],
    "bytes=4-2": [200, "0123456789", null],
    "bytes=0-1,3-4": [200, "0123456789", null],
    "lines=0-1": [200, "0123456789", null],
  };
  for (const [range, [status, text, said]] of Object.entries(ranges)) {
    const got = await running.ask(path, { headers: { range } });
    assertEquals([got.status, got.text, got.headers.get("content-range")], [status, text, said]);
  }
  const { headers } = await running.ask(path);
  const etag = headers.get("etag")!;
  const same = await running.ask(path, { headers: { "if-none-match": `"x", W/${etag}` } });
  assertEquals([same.status, same.text], [304, ""]);
  const since = headers.get("last-modified")!;
  const unchanged = await running.ask(path, { headers: { "if-modified-since": since } });
  assertEquals(unchanged.status, 304);
  const other = await running.ask(path, { headers: { range: "bytes=2-4", "if-range": '"x"' } });
  assertEquals([other.status, other.text], [200, "0123456789"]);
  const head = await running.ask(path, { method: "HEAD" });
  assertEquals([head.status, head.text, head.headers.get("etag")], [200, "", etag]);
  assertEquals((await running.ask("/files/empty.txt")).text, "");
  assertEquals((await running.ask("/files/runs/")).status, 404);
  assertEquals((await running.ask(path, { method: "POST" })).status, 405);
});
