import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Database } from "../../../src/serve/database/database.ts";
import { ResultStore } from "../../../src/serve/measurements/result_store.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import { PAGE_PATHS } from "../../../src/serve/page/files.ts";
import { RunningServer } from "../running_server.ts";

Deno.test("the page is there without a key, runs nobody else's code, and comes once", async () => {
  await using running = new RunningServer();
  running.key();
  for (const path of PAGE_PATHS) {
    const { status, headers, text } = await running.ask(path);
    assertEquals([status, headers.get("x-content-type-options")], [200, "nosniff"], path);
    assertStringIncludes(
      headers.get("content-security-policy")!,
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ",
    );
    assert(text.length > 100, path);
    const tag = headers.get("etag")!;
    const again = await running.ask(path, { headers: { "if-none-match": `"x", W/${tag}` } });
    assertEquals([again.status, again.text, again.headers.get("cache-control")], [
      304,
      "",
      "no-cache",
    ]);
    assertEquals((await running.ask(path, { headers: { "if-none-match": '"x"' } })).status, 200);
  }
  const { headers, text } = await running.ask("/");
  assertMatch(headers.get("content-type")!, /^text\/html/);
  // A policy without inline code would stop it
  assert(!/<script(?![^>]*\bsrc=)|<style| style=| on\w+=/.test(text), text);
  assertEquals((await running.ask("/page/..%2fmain.ts")).status, 404);
  assertEquals((await running.ask("/status")).status, 401);
});

Deno.test("keys are made, listed and revoked over HTTP by admins alone", async () => {
  await using running = new RunningServer();
  const post = (json: unknown, key?: string) =>
    running.ask("/keys", { method: "POST", json, ...(key === undefined ? {} : { key }) });
  assertEquals(JSON.parse((await running.ask("/keys")).text), { keys: [] });
  const locked = await post({ name: "bob", scope: "measure" });
  assertEquals(locked.status, 422);
  assertMatch(JSON.parse(locked.text).errors[0].detail, /must be admin for the first key/);
  const first = await post({ name: "alice", scope: "admin" });
  assertEquals([first.status, first.headers.get("cache-control")], [201, "no-store"]);
  const { key: admin, id } = JSON.parse(first.text);
  assertEquals((await post({ name: "bob" })).status, 401);
  const second = await post({ name: "bob", days: 0.00123456 * 10 }, admin);
  const bob = JSON.parse(second.text);
  assertEquals([second.status, bob.scopes], [201, ["measure"]]);
  assert(Date.parse(bob.expires) > Date.now());
  assertEquals((await running.ask("/keys", { key: bob.key })).status, 403);
  assertEquals((await post({ name: "eve" }, bob.key)).status, 403);
  const list = await running.ask("/keys", { key: admin });
  assertEquals(JSON.parse(list.text).keys.map(({ name }: { name: string }) => name), [
    "alice",
    "bob",
  ]);
  assert(!list.text.includes(bob.key.slice(20)) && !list.text.includes("hash"), list.text);
  const revoke = (id: string, key: string) => running.ask(`/keys/${id}`, { method: "DELETE", key });
  assertEquals((await revoke(id, bob.key)).status, 403);
  assertEquals((await revoke(bob.id, admin)).status, 204);
  assertEquals((await revoke(bob.id, admin)).status, 404);
  assertEquals((await running.ask("/status", { key: bob.key })).status, 401);
  const wrong = await post({ name: "x", scope: "root", days: -1, more: 1 }, admin);
  assertEquals(JSON.parse(wrong.text).errors.map(({ at }: { at: string }) => at).sort(), [
    "/days",
    "/more",
    "/scope",
  ]);
});

Deno.test("runs, groups and places of results are asked for over HTTP", async () => {
  await using running = new RunningServer();
  const id = withResults(running.database);
  const ask = async (query: string) => {
    const { status, headers, text } = await running.ask(`/measurements/${id}/${query}`);
    return { status, count: headers.get("total-count"), text };
  };
  const page = await ask("results?offset=1&limit=1&sort=-address&condition=a");
  assertEquals([page.status, page.count, JSON.parse(page.text).dip], [200, "3", "192.0.2.2"]);
  const runs = JSON.parse((await ask("runs")).text).runs;
  assertEquals(runs, [{
    run: 1,
    time: "2026-11-30T00:00:00.000Z",
    results: 4,
    conditions: { a: 3, b: 1 },
  }]);
  const { groups, offered, run } = JSON.parse((await ask("groups?condition=a")).text);
  assertEquals([groups[0].group, groups.length, offered, run], ["192.0.2.0/24", 2, ["prefix"], 1]);
  const asn = await ask("groups?condition=a&by=asn");
  assertEquals(asn.status, 422);
  assertStringIncludes(asn.text, "no table of networks");
  for (
    const query of ["results?offset=0&format=csv", "results?offset=1&after=1", "groups?by=asn"]
  ) {
    assertEquals((await ask(query)).status, 422, query);
  }
});

/** Puts a measurement with four results into a database; its id. */
function withResults(path: string): string {
  using database = Database.open(path);
  const store = new MeasurementStore(database);
  const measurement = store.add(
    null,
    { spider: "ecn" } as unknown as Parameters<MeasurementStore["add"]>[1],
    ["{}"],
    Number.MAX_SAFE_INTEGER,
    0,
  );
  const time = { from: "2026-11-30T00:00:00.000Z" };
  new ResultStore(database).addResults(
    measurement,
    ["192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.1"].map((dip, at) => ({
      ...{ dip, time },
      conditions: [at < 3 ? "a" : "b"],
    })),
  );
  return measurement.id;
}
