import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { Published, type Served, source } from "./published.ts";

/** A module that says on standard error that it was run. */
const RUN = 'console.error("IT WAS RUN");';

function redirect(to: string): Served {
  return () => new Response(null, { status: 302, headers: { location: to } });
}

/** A body that never ends: `chunk` again and again, `wait` milliseconds apart. */
function endless(chunk: string, wait: number): Served {
  return () => {
    let timer: ReturnType<typeof setTimeout>;
    const octets = new TextEncoder().encode(chunk);
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => timer = setTimeout(resolve, wait));
          controller.enqueue(octets);
        },
        cancel: () => clearTimeout(timer),
      }),
    );
  };
}

/** What is published at /a.ts, and the message about it. */
const BAD: Readonly<Record<string, readonly [Record<string, Served>, RegExp]>> = {
  "nothing": [{}, /a\.ts is not served: the answer is 404/],
  "a web page": [{ "/a.ts": "<!DOCTYPE html>\n<p>Sign in" }, /is a web page \(HTML\), not code/],
  "a redirect to itself": [{ "/a.ts": redirect("/a.ts") }, /redirects in a circle/],
  "a redirect loop": [
    { "/a.ts": redirect("/b.ts"), "/b.ts": redirect("/a.ts") },
    /redirects in a circle/,
  ],
  "a redirect to another scheme": [
    { "/a.ts": redirect("https://example.org/a.ts") },
    /another scheme/,
  ],
  "a redirect to another host over http": [
    { "/a.ts": redirect("http://192.0.2.1/a.ts") },
    /http:\/\/ can be altered on its way/,
  ],
  "an endless body": [{ "/a.ts": endless("// more\n".repeat(8192), 0) }, /larger than .* 1 MB/],
  "a syntax error": [{ "/a.ts": `${RUN}\nexport default {` }, /cannot be read: .*line 2/],
  "a syntax error beside what a terminal would obey": [
    { "/a.ts": `${RUN}\nexport default { a: 1 "b\u001b[2J\u009b2J" };` },
    /cannot be read: [ -~]* \(line 2, column \d+\)/,
  ],
  "what is not text": [
    { "/a.ts": () => new Response(new Uint8Array([0xff, 0xfe, 0])) },
    /not text in UTF-8/,
  ],
  "no default export": [{ "/a.ts": `${RUN}\nexport const a = 1;` }, /no default export/],
  "a default export that is computed": [
    { "/a.ts": `${RUN}\nexport default make(); function make() { return {}; }` },
    /must be written as an object/,
  ],
  "another kind": [{ "/a.ts": source({ kind: '"robot"' }, RUN) }, /its kind is "robot"/],
  "missing members": [
    { "/a.ts": source({ version: "", connect: "", conclude: "" }, RUN) },
    /its version is missing; its connect is missing; its conclude is missing/,
  ],
  "another contract": [
    { "/a.ts": source({ api: '"^7"' }, RUN) },
    /its api is "\^7", and this program has the contract 1\.0\.0/,
  ],
  "a name with path parts": [
    { "/a.ts": source({ name: '"../../etc/cron.d/x"' }, RUN) },
    /its name must be lower case letters/,
  ],
  "a name that a terminal obeys": [
    { "/a.ts": source({ summary: '"\\u001b[2J"' }, RUN) },
    /its summary must be a line of text/,
  ],
  "a version with lines of its own": [
    { "/a.ts": source({ version: '"\\n1.0.0\\n"' }, RUN) },
    /its version must be a semantic version, such as 1\.0\.0/,
  ],
  "a range with lines of its own": [
    { "/a.ts": source({ requires: '{ "ecn": "^1\\n" }' }, RUN) },
    /must be a range of versions, such as \^1/,
  ],
  "keys that lead to what all objects have": [
    {
      "/a.ts": source({
        '"constructor.prototype.when"': "() => {}",
        summary: '"\\u001b[2J"',
      }, RUN),
    },
    /its summary must be a line of text.*constructor\.prototype\.when is no member/,
  ],
  "a condition that is a pattern": [
    { "/a.ts": source({ conditions: '{ "(a+)+$": "x" }' }, RUN) },
    /must be a dotted name/,
  ],
  "a socket option out of range": [
    { "/a.ts": source({ arms: '[{ name: "a", socket: { dscp: 64 } }]' }, RUN) },
    /its arms.0.socket.dscp must be a whole number from 0 to 63/,
  ],
  "an import from npm": [
    { "/a.ts": source({}, `import x from "npm:left-pad";\n${RUN}`) },
    /imports "npm:left-pad" in line 1: npm: imports are refused/,
  ],
  "an import of Node's": [
    { "/a.ts": source({}, `import fs from "node:fs";\n${RUN}`) },
    /node: imports are refused/,
  ],
  "a bare import": [{ "/a.ts": source({}, 'import x from "lodash";') }, /neither a relative path/],
  "an import of a file": [
    { "/a.ts": source({}, 'import x from "file:///etc/passwd";') },
    /its scheme is not http:\/\//,
  ],
  "an import of data": [
    { "/a.ts": source({}, 'import x from "data:text/javascript,1";') },
    /data: imports are refused/,
  ],
  "an import with attributes": [
    { "/a.ts": source({}, 'import x from "./x.json" with { type: "json" };') },
    /import with attributes in line 1/,
  ],
  "an import() of what nobody saw": [
    { "/a.ts": source({ conclude: '() => import("node:" + "fs")' }, RUN) },
    /has an import\(\) in line \d+/,
  ],
  "an import that is not there": [
    { "/a.ts": source({}, `import "./gone.ts";\n${RUN}`) },
    /gone\.ts is not served: the answer is 404/,
  ],
  "too many modules": [
    Object.fromEntries(
      Array.from({ length: 70 }, (_, at) => [
        at === 0 ? "/a.ts" : `/${at}.ts`,
        at === 0 ? source({}, `import "./1.ts";\n${RUN}`) : `import "./${at + 1}.ts";`,
      ]),
    ),
    /more than 64 modules/,
  ],
  "a chain of its own": [
    { "/a.ts": source({ chains: '["basic", { name: "own", fields: {}, tcp() {} }]' }, RUN) },
    /it has a chain as an object, where it can name one that was added; .*local file, or spider plugins add --allow/,
  ],
  "settings of the host": [
    {
      "/a.ts": source({
        arms: '[{ name: "a", system: { sysctls: { "kernel.core_pattern": "|/x" } } }]',
      }, RUN),
    },
    /changes settings of the host/,
  ],
  "packets of its own": [
    { "/a.ts": source({ arms: '[{ name: "a", forge: (packet: unknown) => packet }]' }, RUN) },
    /an arm that forges packets/,
  ],
};

for (const [what, [paths, said]] of Object.entries(BAD)) {
  Deno.test(`a URL with ${what} is refused, and nothing of it is run or kept`, async () => {
    await using published = new Published(paths);
    const { code, out, err } = await published.run([
      ...["measure", published.url("/a.ts"), "--trust", "-i", "lo"],
    ]);
    assertEquals([code, out], [1, ""], err);
    assertMatch(err, said);
    assertEquals(err.includes("IT WAS RUN"), false, err);
    assertEquals(err.trim().split("\n").length, 1, err);
    assertEquals(published.lock, "");
  });
}

Deno.test("arms that a function makes are refused when the plugin is accepted, not when it runs", async () => {
  const options = '{ more: { type: "boolean", summary: "x" } }';
  await using published = new Published({
    "/forge.ts": source({
      options,
      arms: '() => [{ name: "a", forge: (packet: unknown) => packet }]',
    }),
    "/mark.ts": source({ options, arms: '() => [{ name: "a", socket: { mark: 7 } }]' }),
    "/udp.ts": source({
      connect: '["udp"]',
      arms: '[{ name: "a", udp: { payload: new TextEncoder().encode("hello") } }]',
    }),
  });
  const cases = {
    "/forge.ts": /failed in arms: TypeError: 0.forge is a function, and functions cannot leave/,
    "/mark.ts": /cannot run: it has an arm that sets a firewall mark/,
  };
  for (const [path, said] of Object.entries(cases)) {
    const { code, err } = await published.run(["plugins", "add", published.url(path), "--trust"]);
    assertEquals([code, published.lock], [1, ""], path);
    assertMatch(err, said, path);
  }
  // Octets are data, as they are for a plugin in a file
  const { code, err } = await published.run([
    "plugins",
    "add",
    published.url("/udp.ts"),
    "--trust",
  ]);
  assertEquals(code, 0, err);
  assertEquals((await published.run(["plugins", "check", "strict"])).code, 0);
});

Deno.test("what only running it shows to be wrong is not kept either", async () => {
  await using published = new Published({
    "/throws.ts": source({}, 'const x: number = 1;\nthrow new Error("on purpose");'),
    "/lies.ts": source({ ["...other"]: "" }, "").replace(
      "};\n",
      '  ...JSON.parse(\'{"name":"ecn"}\'),\n};\n',
    ),
  });
  const thrown = await published.run(["plugins", "add", published.url("/throws.ts"), "--trust"]);
  assertEquals(thrown.code, 1);
  assertMatch(thrown.err, /on purpose/);
  const lied = await published.run(["plugins", "add", published.url("/lies.ts"), "--trust"]);
  assertEquals(lied.code, 1);
  assertMatch(lied.err, /its "name" is not what its source says once it runs/);
  assertEquals(published.lock, "");
});

Deno.test("a loop ends with the time for loading, a slow drip with the time that a module has", async () => {
  await using published = new Published({
    "/a.ts": endless("/", 500),
    "/loop.ts": source({}, "for (;;);"),
  });
  // In processes of their own, so that both are waited for at once
  const [looped, dripped] = await Promise.all([
    published.spawn(["plugins", "add", published.url("/loop.ts"), "--trust"]),
    published.spawn(["plugins", "info", published.url("/a.ts")]),
  ]);
  assertEquals([looped.code, dripped.code], [1, 1]);
  assertMatch(looped.err, /was not loaded after 5 s/);
  assertStringIncludes(dripped.err, "takes too long to come");
  assertEquals(published.lock, "");
});

Deno.test("words that can name no plugin are refused with the reason", async () => {
  await using published = new Published({});
  const cases: readonly (readonly [string, RegExp])[] = [
    ["http://192.0.2.1/a.ts", /use https:\/\//],
    ["ftp://example.org/a.ts", /plugins come over https/],
    ["file:///etc/passwd", /plugins come over https/],
    ["https://user:secret@example.org/a.ts", /user name or password/],
    ["https://example.org/a.ts#sha256=12", /64 hexadecimal digits/],
    ["https://", /is not a URL/],
    ["../../etc/passwd", /no such file or folder|not a spider|cannot be loaded/],
    ["./gone.ts", /no such file or folder/],
    ["./", /a folder needs a mod\.ts/],
  ];
  for (const [word, said] of cases) {
    const { code, err } = await published.run(["measure", word]);
    assertEquals(code, 1, word);
    assertMatch(err, said);
  }
});

Deno.test("a lock file that cannot be one is refused, and stays as it is", async () => {
  await using published = new Published({ "/a.ts": source() });
  for (
    const text of [
      "{ not JSON",
      "[]",
      '{"version":2,"plugins":{}}',
    ]
  ) {
    const lock = published.put("config/spider/spider.lock.json", text);
    const { code, err } = await published.run(["measure", published.url("/a.ts"), "--trust"]);
    assertEquals(code, 1, err);
    assertMatch(err, /is not a lock file of spider/);
    assertEquals(Deno.readTextFileSync(lock), text);
  }
});

Deno.test("a broken entry of a lock file costs that entry alone, and can be taken out", async () => {
  await using published = new Published({ "/a.ts": source() });
  const url = published.url("/a.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  const { lock } = published;
  const changed: readonly ((text: string) => string)[] = [
    (text) => text.replace('"for tests"', '"for \\u001b[2Jtests"'),
    (text) => text.replace('"1.0.0"', '"1.0.0\\u009b2J"'),
    (text) => text.replace('"name": "strict"', '"name": "../strict"'),
    (text) => text.replaceAll(url, "file:///a.ts"),
    (text) => text.replaceAll(url, "http://192.0.2.1/a.ts"),
    (text) => text.replace(`"${url}": {`, `"${url}?\\u001b[2J": {`),
    (text) => text.replace('"aliases": []', '"aliases": ["\\u001b[2J"]'),
    (text) => text.replace(/"by": "[0-9a-f]+"/, '"by": ["ab"]'),
    (text) => text.replace('"kind": "spider"', '"kind": "constructor"'),
  ];
  for (const change of changed) {
    assertNotEquals(change(lock), lock);
    published.put("config/spider/spider.lock.json", change(lock));
    const [key = ""] = Object.keys(JSON.parse(change(lock)).plugins);
    const list = await published.run(["plugins", "list"]);
    assertEquals([list.code, list.err], [0, ""]);
    assertMatch(list.out, /\n\? .* broken: its entry in .* is incomplete or invalid/);
    assertEquals(/[^\P{C}\n]/u.test(list.out), false, "nothing that a terminal would obey");
    assertEquals((await published.run(["measure", "ecn", "--help"])).code, 0);
    const used = await published.run(["measure", "strict", "--offline", "--help"]);
    assertEquals([used.code, used.out], [2, ""]);
    if (key === url) {
      const named = await published.run(["measure", url, "--offline", "--help"]);
      assertEquals([named.code, named.out], [1, ""]);
      assertMatch(
        named.err,
        /its entry in [ -~]* is incomplete or invalid: take it out with spider plugins remove http/,
      );
    }
    const removed = await published.run(["plugins", "remove", key]);
    assertEquals([removed.code, removed.err], [0, ""]);
    assertEquals(JSON.parse(published.lock).plugins, {});
  }
  published.put("config/spider/spider.lock.json", changed[0]!(lock));
  const again = await published.run(["plugins", "add", url, "--trust"]);
  assertEquals(again.code, 0, again.err);
  assertEquals(JSON.parse(published.lock), JSON.parse(lock), "a good entry takes its place");
});

Deno.test("the lock file of a folder where others may write goes nowhere else by a link of theirs", async () => {
  await using published = new Published({ "/a.ts": source() });
  const lock = published.put("run/spider.lock.json", '{"version":1,"plugins":{}}');
  const kept = published.put("kept", "as it was");
  // Whatever the program calls the file that it writes first, it must not be one that is there
  const args = ["plugins", "add", published.url("/a.ts"), "--trust", "--lock", lock];
  const linking = (line: readonly string[]) => [
    ...["sh", "-c", `ln -s "$0" "$1.$$"; exec "$@"`.replace('exec "$@"', 'shift; exec "$@"')],
    ...[kept, lock, ...line],
  ];
  const { code, err } = await published.spawn(args, { within: linking });
  assertEquals(code, 0, err);
  assertEquals(Deno.readTextFileSync(kept), "as it was");
});

Deno.test("a plugin whose code makes it other than its source says is refused", async () => {
  const arms = 'const arms = [{ name: "plain" }, { name: "marked", socket: { dscp: 46 } }];\n';
  const more = 'arms.push({ name: "more", socket: { ttl: 1 } });\n';
  await using published = new Published({ "/a.ts": source({ arms: "arms" }, arms + more) });
  const { code, err } = await published.run(["plugins", "add", published.url("/a.ts"), "--trust"]);
  assertEquals(code, 1);
  assertMatch(err, /its "arms" is not what its source says once it runs/);
  assertEquals(published.lock, "");
});

Deno.test("a store that others may change is not run from", async () => {
  await using published = new Published({ "/a.ts": source() });
  const url = published.url("/a.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  const folder = published.stored(/^0\.mjs$/)[0]!.replace(/\/[^/]*$/, "");
  for (const one of [folder, published.at("data/spider/store")]) {
    Deno.chmodSync(one, 0o777);
    const { code, out, err } = await published.run(["measure", url, "--help", "--offline"]);
    assertEquals([code, out], [1, ""]);
    assertMatch(err, /^spider: nothing in .* is run, since another user can change it: .*\n$/);
    Deno.chmodSync(one, 0o755);
    // A group of one's own, which some systems let write, is nobody else
    Deno.chmodSync(one, 0o775);
    assertEquals((await published.run(["measure", url, "--help", "--offline"])).code, 0);
    if (Deno.uid() === 0) {
      Deno.chownSync(one, 0, 65_534);
      const { code, err } = await published.run(["measure", url, "--help", "--offline"]);
      assertEquals(code, 1);
      assertMatch(err, /another user can change it/);
      Deno.chownSync(one, 0, 0);
    }
    Deno.chmodSync(one, 0o755);
  }
  assertEquals((await published.run(["measure", url, "--help", "--offline"])).code, 0);
});

Deno.test("a lock file that others may change is not believed", async () => {
  await using published = new Published({ "/a.ts": source() });
  Deno.chmodSync(published.put("config/spider/spider.lock.json", "{}"), 0o666);
  const { code, err } = await published.run(["measure", published.url("/a.ts"), "--trust"]);
  assertEquals(code, 1);
  assertMatch(err, /another user can change it/);
});

/** What a plugin throws where nothing catches it, with what a terminal would obey. */
const THROWN: Readonly<Record<string, string>> = {
  "as it loads": "throw new Error(TEXT);",
  "in a promise": "Promise.reject(new Error(TEXT));",
  "in a microtask": "queueMicrotask(() => { throw new Error(TEXT); });",
  "and is no error": "throw { toString: () => TEXT };",
};

Deno.test("what a plugin throws where nothing catches it is cleaned before it is shown", async () => {
  const text = 'const TEXT = "on purpose \\u001b]0;x\\u0007\\u009b2J\\u007f\\r";\n';
  await using published = new Published(
    Object.fromEntries(
      Object.values(THROWN).map((code, at) => [`/${at}.ts`, source({}, `${text}${code}`)]),
    ),
  );
  for (const [at, what] of Object.keys(THROWN).entries()) {
    const args = ["plugins", "add", published.url(`/${at}.ts`), "--trust"];
    const { code, err } = await published.spawn(args);
    // What it says of itself may come first, and then it is accepted
    if (code !== 0 || what === "as it loads") {
      assertMatch(err, /the plugin strict failed: (?:Error: )?on purpose \?\]0;x\?\?2J\?\?/, what);
    }
    // deno-lint-ignore no-control-regex -- these are what is looked for
    assertEquals(/[^\P{C}\n]|\u001b/u.test(err), false, what);
  }
});
