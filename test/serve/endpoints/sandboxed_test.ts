import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { until } from "../../until.ts";
import { Published } from "../../plugin/published.ts";
import { RunningServer, selfPlace } from "../running_server.ts";

const PLUGIN = `export default {
  kind: "endpoint",
  name: "far",
  version: "1.0.0",
  api: "^1",
  summary: "from elsewhere",
  methods: ["GET", "POST"],
  options: { word: { type: "string", summary: "a word", default: "so" } },
  handler: ({ segments: [way], data, headers, body, client }, { options, route }) => ways[way]({ data, headers, body, client, options, route }),
};
const ways = {
  all: (given) => [200, given],
  page: () => [200, "<script>alert(1)</script>", { "content-type": "text/html", "x-content-type-options": "no" }].slice(0, 2).concat({ "content-type": "text/html" }),
  cookie: () => [200, "", { "set-cookie": "spider_session=mine" }],
  open: () => [200, "", { "access-control-allow-origin": "*" }],
  response: () => new Response("x"),
  file: () => [200, Deno.readTextFileSync("/etc/passwd")],
  net: () => fetch("http://127.0.0.1:1/"),
  hang: () => { while (true); },
  large: () => [200, "x".repeat(2_000_000)],
};`;

Deno.test("an endpoint from a URL runs confined: with data, and without all else", async () => {
  await using published = new Published({ "/far/mod.ts": PLUGIN });
  const url = published.url("/far/mod.ts");
  const added = await published.run(["plugins", "add", url, "--trust"]);
  assertEquals([added.code], [0], added.err);
  assertMatch(added.err + added.out, /answers: GET, POST, asked by those with the scope read/);
  const env = Object.entries(published.env).map(([name, value]) => `${name}=${value}`);
  await using running = new RunningServer(
    { plugins: { far: { plugin: url, options: { word: "yes" } } } },
    { place: (command) => ["env", ...env, ...selfPlace(command)] },
  );
  await running.server.ready;
  const all = await running.ask("/far/all?x=1", {
    method: "POST",
    json: { y: 2 },
    headers: { cookie: "spider_session=secret; other=1", "x-mine": "3" },
  });
  const { headers, ...given } = JSON.parse(all.text);
  assertEquals([all.status, given], [200, {
    data: { x: "1", y: 2 },
    body: { y: 2 },
    client: "127.0.0.1",
    options: { word: "yes" },
    route: "/far",
  }]);
  assertEquals([headers["x-mine"], headers.cookie], ["3", undefined]);
  // A page of it is nobody's, and runs nothing
  const page = await running.ask("/far/page");
  assertMatch(page.headers.get("content-security-policy")!, /^sandbox; default-src 'none'/);
  assertEquals(page.headers.get("x-content-type-options"), "nosniff");
  const failures: Record<string, RegExp> = {
    cookie: /a header that it may not have: set-cookie/,
    open: /a header that it may not have: access-control-allow-origin/,
    response: /Response is not defined/,
    file: /Deno is not defined/,
    net: /fetch is not defined/,
    large: /longer than 1048576 characters/,
  };
  for (const [way, why] of Object.entries(failures)) {
    const { status, text } = await running.ask(`/far/${way}`);
    assertEquals(status, 500, way);
    const { id } = JSON.parse(text);
    assertMatch(running.lines.find((line) => line.includes(id))!, why);
  }
  assertEquals((await running.ask("/far/all")).status, 200);
});

Deno.test("a confined endpoint that hangs is ended with its process, and started again", async () => {
  await using published = new Published({ "/far/mod.ts": PLUGIN });
  const url = published.url("/far/mod.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  const env = Object.entries(published.env).map(([name, value]) => `${name}=${value}`);
  await using running = new RunningServer(
    { plugins: { far: { plugin: url, limits: { seconds: 0.3 } } } },
    { place: (command) => ["env", ...env, ...selfPlace(command)] },
  );
  const hung = await running.ask("/far/hang");
  assertEquals(hung.status, 504);
  assertStringIncludes(hung.text, "did not answer within 0.3 s");
  await until("it answers again", async () => (await running.ask("/far/all")).status === 200);
});
