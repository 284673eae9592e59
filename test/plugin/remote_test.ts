import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Published, source } from "./published.ts";

const MODULES = {
  "/strict.ts": source(
    {
      conclude: "verdict",
      arms: '(options: { twice: boolean }) => options.twice ? [...arms, { name: "again" }] : arms',
      options: '{ twice: { type: "boolean", summary: "measure the plain arm twice" } }',
    },
    'import { verdict, type Verdict } from "./lib/verdict.ts";\n' +
      'const arms = [{ name: "plain" }, { name: "marked", socket: { dscp: 46 } }];\n' +
      "enum Unused { A }\n",
  ),
  "/lib/verdict.ts": 'import { name } from "../name.ts";\n' +
    "export type Verdict = string;\n" +
    "export const verdict = (flows: unknown[]): string[] => [`${name}.seen`];\n",
  "/name.ts": 'export const name: string = "strict";\n',
};

Deno.test("a spider from a URL is refused, then trusted, then runs offline, then is refused when changed", async () => {
  await using published = new Published({ ...MODULES });
  const url = published.url("/strict.ts");

  const refused = await published.run(["measure", url, "--help"]);
  assertEquals([refused.code, refused.out], [1, ""]);
  for (const path of Object.keys(MODULES)) assertStringIncludes(refused.err, published.url(path));
  assertMatch(refused.err, /[0-9a-f]{64} +\d+ octets/);
  assertMatch(refused.err, /spider: .*strict\.ts is not trusted yet: .*--trust\n$/);
  assertEquals(published.lock, "");

  const trusted = await published.run(["measure", url, "--help", "--trust"]);
  assertEquals(trusted.code, 0, trusted.err);
  assertMatch(trusted.out, /arms +plain, marked\n/);
  assertMatch(trusted.out, /--twice +measure the plain arm twice/);
  const again = await published.run(["--plugin", url, "--help"]);
  assertEquals([again.code, again.out, again.err], [0, trusted.out, ""]);

  // The same graph hash is what one gives who trusts nothing else
  const { sha256 } = JSON.parse((await published.run(["plugins", "info", url, "--json"])).out);
  const pinned = await published.run(["measure", `${url}#sha256=${sha256}`, "--help"]);
  assertEquals([pinned.code, pinned.err], [0, ""]);
  const other = await published.run(["measure", `${url}#sha256=${"0".repeat(64)}`, "--help"]);
  assertEquals(other.code, 1);
  for (const hash of [sha256, "0".repeat(64)]) assertStringIncludes(other.err, hash);

  published.paths["/name.ts"] = 'export const name: string = "other";\n';
  const changed = await published.run(["measure", url, "--help", "--trust"]);
  assertEquals([changed.code, changed.out], [1, ""]);
  assertMatch(changed.err, /has changed: [0-9a-f]{64} was accepted, and now it is [0-9a-f]{64}/);
  assertStringIncludes(changed.err, sha256);
  const kept = await published.run(["measure", url, "--help", "--offline"]);
  assertEquals([kept.code, kept.out], [0, trusted.out]);

  await published.offline();
  const offline = await published.run(["measure", url, "--help"]);
  assertEquals([offline.code, offline.out], [0, trusted.out]);
  assertMatch(
    offline.err,
    /^warning: .* cannot be reached: connect ECONNREFUSED 127[^;]*; running the stored copy of /,
  );
});

Deno.test("an update shows what has changed, and is accepted like a first use", async () => {
  await using published = new Published({ ...MODULES });
  const url = published.url("/strict.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  const lock = published.lock;
  const same = await published.run(["plugins", "update"]);
  assertEquals([same.code, same.out], [0, "strict has not changed.\n"]);
  published.paths["/name.ts"] = 'export const name: string = "other";\n';
  const refused = await published.run(["plugins", "update", "strict"]);
  assertEquals(refused.code, 1);
  assertMatch(refused.err, /in place of sha256=[0-9a-f]{64}/);
  assertEquals(published.lock, lock);
  const updated = await published.run(["plugins", "update", "strict", "--trust"]);
  assertEquals(updated.code, 0, updated.err);
  assert(published.lock !== lock);
  assertEquals((await published.run(["measure", "strict", "--help"])).code, 0);
  // What was accepted before is not in the store any more
  assertEquals(published.stored(/^entry\.mjs$/).length, 1);
  const removed = await published.run(["plugins", "remove", "strict"]);
  assertEquals(removed.code, 0, removed.err);
  assertEquals(published.stored(/./), []);
  assertEquals((await published.run(["measure", "strict", "--help"])).code, 2);
});

Deno.test("a file of the store that was altered is not run", async () => {
  await using published = new Published({ ...MODULES });
  const url = published.url("/strict.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  for (const file of published.stored(/./)) {
    const before = Deno.readFileSync(file);
    Deno.writeTextFileSync(file, `console.error("IT WAS RUN");\n`, { append: true });
    const { code, out, err } = await published.run(["measure", "strict", "--twice", "--offline"]);
    assertEquals([code, out], [1, ""], file);
    assertMatch(err, /^spider: .* was altered since .* was accepted: nothing of it is run; .*\n$/);
    Deno.writeFileSync(file, before);
  }
  const [file] = published.stored(/^0\.mjs$/);
  Deno.writeTextFileSync(file!, "altered");
  const mended = await published.run(["plugins", "update"]);
  assertEquals(mended.code, 0, mended.err);
  assertEquals((await published.run(["measure", "strict", "--help"])).code, 0);
});

Deno.test("a lock file without its store fetches again what was accepted, and only that", async () => {
  await using published = new Published({ ...MODULES });
  const url = published.url("/strict.ts");
  const lock = published.at("spider.lock.json");
  const options = ["--lock", lock];
  assertEquals((await published.run(["plugins", "add", url, "--trust", ...options])).code, 0);
  Deno.removeSync(published.at("data"), { recursive: true });
  const again = await published.run(["measure", url, "--help", ...options]);
  assertEquals([again.code, again.err], [0, ""]);
  // Made by another version of the program: the built files are made again from the sources in the
  // store
  Deno.writeTextFileSync(
    lock,
    Deno.readTextFileSync(lock).replace(/"by": "[0-9a-f]+"/, '"by": "0123"'),
  );
  const rebuilt = await published.run(["measure", url, "--help", "--offline", ...options]);
  assertEquals([rebuilt.code, rebuilt.err], [0, ""]);
  assert(!Deno.readTextFileSync(lock).includes('"by": "0123"'));
  Deno.removeSync(published.at("data"), { recursive: true });
  published.paths["/name.ts"] = "export const name = 1;";
  const refused = await published.run(["measure", url, "--help", "--offline", ...options]);
  assertEquals(refused.code, 1);
  assertMatch(refused.err, /has changed/);
});

Deno.test("what needs more than a worker may have runs with --allow, and info says so", async () => {
  await using published = new Published({
    "/arm.ts": source({
      arms: '[{ name: "a", system: { enter() { console.error("turned the dish"); } } }]',
    }, "const home = Deno.env.get('HOME');"),
  });
  const url = published.url("/arm.ts");
  const refused = await published.run(["plugins", "add", url, "--trust"]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "an arm that changes settings of the host");
  const asked = await published.run(["plugins", "add", url, "--allow"]);
  assertEquals(asked.code, 1);
  assertStringIncludes(asked.err, "with all that spider itself may do on this host");
  assertMatch(
    (await published.run(["plugins", "info", url])).out,
    /only when it is added with --allow/,
  );
  assertEquals((await published.run(["plugins", "add", url, "--allow", "--trust"])).code, 0);
  const { out } = await published.run(["plugins", "info", "strict"]);
  assertStringIncludes(out, "runs: with all that spider itself may do (--allow)");
  assertEquals((await published.run(["measure", "strict", "--help"])).code, 0);
});

Deno.test("a redirected module is found where it is, and its imports from there", async () => {
  await using published = new Published({
    "/latest.ts": () => new Response(null, { status: 302, headers: { location: "/v1/strict.ts" } }),
    "/v1/strict.ts": MODULES["/strict.ts"],
    "/v1/lib/verdict.ts": MODULES["/lib/verdict.ts"],
    "/v1/name.ts": MODULES["/name.ts"],
  });
  const url = published.url("/latest.ts");
  const first = await published.run(["measure", url, "--trust", "--help"]);
  assertEquals(first.code, 0, first.err);
  const second = await published.run(["measure", url, "--help"]);
  assertEquals([second.code, second.err], [0, ""]);
});

Deno.test("code that two URLs have is kept until the last of them is removed", async () => {
  await using published = new Published({ "/a.ts": source(), "/b.ts": source() });
  const [one, other] = [published.url("/a.ts"), published.url("/b.ts")];
  for (const url of [one, other]) {
    assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  }
  assertEquals((await published.run(["plugins", "remove", one])).code, 0);
  const { code, err } = await published.run(["measure", other, "--offline", "--help"]);
  assertEquals(code, 0, err);
  assertEquals(published.stored(/^0\.mjs$/).length, 1);
  assertEquals((await published.run(["plugins", "remove", other])).code, 0);
  assertEquals(published.stored(/^0\.mjs$/), []);
});
