import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Published, source } from "./published.ts";

/** A plugin that imports from another server, or is redirected there. */
const WAYS = {
  import: (other: string) => source({}, `import "${other}/more.ts";`),
  redirect: (other: string) => () =>
    new Response(null, { status: 302, headers: { location: `${other}/more.ts` } }),
};

for (const [what, made] of Object.entries(WAYS)) {
  Deno.test(`another server is asked only when it is accepted by name: ${what}`, async () => {
    await using other = new Published({
      "/more.ts": what === "import" ? "export {};" : source(),
    });
    const [origin] = /^http:\/\/[^/]+/.exec(other.url("/"))!;
    await using published = new Published({ "/a.ts": made(origin) });
    const url = published.url("/a.ts");
    for (const command of [["plugins", "add", url, "--trust"], ["plugins", "info", url]]) {
      const { code, err } = await published.run(command);
      assertEquals([code, other.asked, published.lock], [1, [], ""], err);
      assertMatch(err, /: that is another server than the plugin's, http:\S+: if its code is/);
      assertStringIncludes(err, `add --origin ${origin}\n`);
    }
    const add = ["plugins", "add", url, "--origin", origin];
    const refused = await published.run(add);
    assertStringIncludes(refused.err, `code from other servers too: ${origin}\n`);
    assertEquals(published.lock, "");
    assertEquals((await published.run([...add, "--trust"])).code, 0);
    // From then on it is known with the plugin
    for (
      const args of [["measure", url, "--help"], ["plugins", "update"], ["plugins", "info", url]]
    ) {
      const { code, err } = await published.run(args);
      assertEquals([code, err], [0, ""]);
    }
  });
}

Deno.test("a word that is no origin is refused", async () => {
  await using published = new Published({ "/a.ts": source() });
  const cases: Readonly<Record<string, RegExp>> = {
    "example.org": /"example.org" is no origin; one is written as https:\/\/example.org\n$/,
    "https://example.org/x": /is more than an origin.*: give https:\/\/example.org\n$/,
    "http://example.org": /cannot be an origin: http:\/\/ can be altered/,
    "data:,": /is no origin/,
  };
  for (const [word, said] of Object.entries(cases)) {
    const { code, err } = await published.run(
      ["plugins", "add", published.url("/a.ts"), "--trust", "--origin", word],
    );
    assertEquals([code, published.lock], [1, ""]);
    assertMatch(err, said);
  }
});

Deno.test("a redirect that leads elsewhere than when it was accepted is a change", async () => {
  const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
  await using published = new Published({
    "/a.ts": source({}, 'import "./latest.ts";'),
    "/latest.ts": to("/v1.ts"),
    "/v1.ts": "export {};",
    "/v2.ts": "export {};",
  });
  const url = published.url("/a.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  assertEquals((await published.run(["measure", url, "--help"])).code, 0);
  published.paths["/latest.ts"] = to("/v2.ts");
  const { code, err } = await published.run(["measure", url, "--help"]);
  assertEquals(code, 1);
  assertMatch(err, /has changed: [0-9a-f]{64} was accepted, and now it is [0-9a-f]{64};/);
  const updated = await published.run(["plugins", "update", "--trust"]);
  assertMatch(
    updated.out,
    /^strict is now [0-9a-f]{64}; changed:\n {2}\S+\/v2.ts\n {2}\S+\/v1.ts\n$/,
  );
});

Deno.test("a lock entry without origins goes on with those that its modules came from", async () => {
  await using other = new Published({ "/more.ts": "export {};" });
  const [origin] = /^http:\/\/[^/]+/.exec(other.url("/"))!;
  await using published = new Published({ "/a.ts": source({}, `import "${origin}/more.ts";`) });
  const url = published.url("/a.ts");
  assertEquals(
    (await published.run(["plugins", "add", url, "--trust", "--origin", origin])).code,
    0,
  );
  const path = published.at("config/spider/spider.lock.json");
  const lock = JSON.parse(published.lock);
  delete lock.plugins[url].origins;
  lock.plugins[url].built.by = "0123";
  Deno.writeTextFileSync(path, JSON.stringify(lock));
  for (const args of [["measure", url, "--help", "--offline"], ["plugins", "update"]]) {
    const { code, err } = await published.run(args);
    assertEquals([code, err], [0, ""]);
  }
});

Deno.test("a server that only redirects stays accepted when a plugin is built again from the store", async () => {
  const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
  await using other = new Published({});
  const [origin] = /^http:\/\/[^/]+/.exec(other.url("/"))!;
  await using published = new Published({
    "/a.ts": source({}, 'import "./latest.ts";'),
    "/latest.ts": to(`${origin}/hop.ts`),
    "/v1.ts": "export {};",
  });
  other.paths["/hop.ts"] = to(published.url("/v1.ts"));
  const url = published.url("/a.ts");
  const added = await published.run(["plugins", "add", url, "--trust", "--origin", origin]);
  assertEquals(added.code, 0, added.err);
  const path = published.at("config/spider/spider.lock.json");
  const lock = JSON.parse(published.lock);
  assertEquals(lock.plugins[url].origins, [origin]);
  lock.plugins[url].built.by = "0123";
  Deno.writeTextFileSync(path, JSON.stringify(lock));
  for (const args of [["--offline"], []]) {
    const { code, err } = await published.run(["measure", url, "--help", ...args]);
    assertEquals([code, err], [0, ""]);
    assertEquals(JSON.parse(published.lock).plugins[url].origins, [origin]);
  }
});

Deno.test("a server that was named is noted where something came from it, and nowhere else", async () => {
  await using published = new Published({ "/a.ts": source() });
  const url = published.url("/a.ts");
  const add = ["plugins", "add", url, "--origin", "https://other.example"];
  assertEquals((await published.run(add)).err.includes("other.example"), false);
  assertEquals((await published.run([...add, "--trust"])).code, 0);
  assertEquals(published.lock.includes("other.example"), false);
});

Deno.test("where a plugin's own URL leads to may change, the code may not", async () => {
  const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
  const own = source({}, 'import "./more.ts";');
  await using published = new Published({
    "/a.ts": to("/v1/a.ts"),
    "/v1/a.ts": own,
    "/v1/more.ts": "export const version = 1;",
    "/v2/a.ts": own,
    "/v2/more.ts": "export const version = 2;",
    "/v3/a.ts": own,
    "/v3/more.ts": "export const version = 1;",
  });
  const url = published.url("/a.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  published.paths["/a.ts"] = to("/v3/a.ts");
  assertEquals((await published.run(["measure", url, "--help"])).code, 0);
  published.paths["/a.ts"] = to("/v2/a.ts");
  const { code, err } = await published.run(["measure", url, "--help"]);
  assertEquals(code, 1);
  assertMatch(err, /has changed/);
});

Deno.test("what was accepted is checked without a server, and a packed answer is refused", async () => {
  await using published = new Published({
    "/a.ts": source(),
    "/packed.ts": () => new Response("x", { headers: { "content-encoding": "gzip" } }),
  });
  const url = published.url("/a.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  published.asked.length = 0;
  assertEquals((await published.run(["plugins", "check", url, "--offline"])).code, 0);
  assertEquals(published.asked, []);
  const packed = await published.run(["plugins", "add", published.url("/packed.ts"), "--trust"]);
  assertMatch(packed.err, /is served packed \(gzip\), which was not asked for\n$/);
});
