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
