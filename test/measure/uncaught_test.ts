import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { readManifest } from "../../src/result/run_manifest.ts";
import { Folder } from "../data/temporary.ts";
import { TestNamespace } from "../host/test_namespace.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { outcome, results, spider, start } from "../spider.ts";
import { StreamText } from "../stream_text.ts";

/** A spider of this host whose second arm asks for ECN, with more hooks. */
function plugin(folder: Folder, more: string): string {
  const text = `export default {
  kind: "spider", name: "own", version: "1.0.0", api: "^1", summary: "throws where nothing catches it",
  connect: ["tcp"], chains: ["basic", "tcp"],
  arms: [{ name: "a" }, { name: "b", socket: { ecn: true } }],
  conditions: { "own.done": "both arms were observed" },
  conclude: () => ["own.done"],
  ${more}
};
`;
  return folder.put("own.js", new TextEncoder().encode(text));
}

/** What a measurement could leave in the client's namespace. */
function state(lab: TargetLab): string {
  return ["-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all"]
    .map((words) => run("ip", ["-n", lab.client, ...words.split(" ")])).join("\n");
}

/** Measures targets with a plugin that fails while its input stays open. */
async function fail(lab: TargetLab, folder: Folder, hooks: string, targets: readonly string[]) {
  const path = plugin(folder, hooks);
  const output = folder.at("results");
  const child = start(
    ["measure", path, "--output", output, "--timeout", "1"],
    { within: (line) => lab.exec(line) },
  );
  const ended = outcome(child);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(targets.join("\n") + "\n"));
  const { code, err } = await ended;
  writer.abort().catch(() => {}); // its reader is gone
  const manifest = readManifest(`${output}.manifest.json`)!;
  return { code, err, path, manifest, found: results(folder.text("results")) };
}

/** Places where an error is uncaught by every promise of the program, and what is thrown there. */
const WAYS = {
  "a timer": [
    `postConnect() { if (!this.armed) setTimeout(() => { throw new Error("boom"); }, 100);
      this.armed = true; }`,
    "boom",
  ],
  "a promise that nobody awaits": [
    `postConnect() { if (!this.armed) Promise.resolve().then(() => { throw new TypeError("boom"); });
      this.armed = true; }`,
    "boom",
  ],
  "an event listener": [
    `init() { const end = AbortSignal.timeout(300);
      end.addEventListener("abort", () => { throw new RangeError("boom"); }); }`,
    "boom",
  ],
} as const;

for (const [way, [hooks, message]] of Object.entries(WAYS)) {
  rootTest(`an error in ${way} of a plugin ends a run in order, with status 70`, async () => {
    await using lab = await TargetLab.open();
    using _state = new StateDirectory();
    using folder = new Folder();
    const before = state(lab);
    const targets = lab.addresses("transparent", 4, 20);
    const { code, err, path, manifest, found } = await fail(lab, folder, hooks, targets);
    assertEquals(code, 70, err);
    assertStringIncludes(err, `spider: the plugin's code at ${path}:`);
    assertMatch(err, new RegExp(`nothing catches, in a timer or an unawaited promise: ${message}`));
    assert(!err.includes("a fault in spider itself"));
    assertEquals(state(lab), before);
    assertEquals(_state.journals(), []);
    assertEquals(manifest.status, "failed");
    assertStringIncludes(manifest.error ?? "", `the plugin's code at ${path}:`);
    assert(found.length > 0);
    assertEquals([manifest.targets.done, manifest.targets.given_up], [found.length, 0]);
    for (const { conditions } of found) assertEquals(conditions, ["own.done"]);
  });
}

rootTest("what waits for a timer that has thrown is given up, and the rest is kept", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  using folder = new Folder();
  const before = state(lab);
  const [first, ...others] = lab.addresses("transparent", 4, 10);
  const hooks = `preConnect: ({ dip }) => dip === "${first}"
    ? new Promise(() => setTimeout(() => { throw new Error("boom"); }, 300))
    : undefined`;
  const { code, err, manifest, found } = await fail(lab, folder, hooks, [first!, ...others]);
  assertEquals(code, 70, err);
  assertEquals(state(lab), before);
  assertEquals(_state.journals(), []);
  assertEquals(manifest.status, "failed");
  assertEquals(found.map(({ dip }) => dip).sort(), others.sort());
  assertEquals([manifest.targets.done, manifest.targets.given_up], [others.length, 1]);
});

rootTest("settings of the host are put back too, though a turn never ends", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  using folder = new Folder();
  const sack = () => run("ip", ["netns", "exec", lab.client, "cat", "/proc/sys/net/ipv4/tcp_sack"]);
  const before = sack();
  const hooks = `arms: [{ name: "a" }, {
    name: "b",
    system: { sysctls: { "net.ipv4.tcp_sack": 0 } },
    connect: () => new Promise(() => setTimeout(() => { throw new Error("boom"); }, 100)),
  }]`;
  const targets = lab.addresses("transparent", 4, 3);
  const { code, err, manifest, found } = await fail(lab, folder, hooks, targets);
  assertEquals([code, found.length], [70, 0], err);
  assertEquals([manifest.status, manifest.targets.given_up], ["failed", 3]);
  assertEquals(sack(), before);
  assertEquals(_state.journals(), []);
});

rootTest("an error in a timer of a chain ends observe in order", async () => {
  using sandbox = new TestNamespace();
  using folder = new Folder();
  const chain = folder.put(
    "late.js",
    new TextEncoder().encode(
      // As soon as the capture's socket is there
      `const timer = setInterval(() => {
  if (Deno.readTextFileSync("/proc/net/packet").trim().split("\\n").length < 2) return;
  clearInterval(timer);
  throw "a word";
}, 10);
export default { name: "late", fields: {}, tcp() {} };
`,
    ),
  );
  const { code, err } = await spider(
    ["observe", "-i", "lo", "--chain", chain, "--stats", folder.at("stats")],
    { within: (line) => ["ip", "netns", "exec", sandbox.name, ...line] },
  );
  assertEquals(code, 70, err);
  assertMatch(err, /a word/);
  assertEquals(JSON.parse(folder.text("stats")).ended, "fault");
});

Deno.test("a command that holds nothing ends at once with status 70", async () => {
  using folder = new Folder();
  const path = plugin(folder, "");
  Deno.writeTextFileSync(
    path,
    `Promise.reject(new Error("boom"));
await new Promise((done) => setTimeout(done, 1000));
`,
    { append: true },
  );
  const { code, err } = await spider(["plugins", "test", path]);
  assertEquals(code, 70, err);
  assertMatch(err, /^spider: the plugin's code at .*own\.js:\d+:\d+ threw an error/m);
});

for (const ignored of [true, false]) {
  rootTest(`SIGHUP ${ignored ? "that the caller ignores stays ignored" : "ends it"}`, async () => {
    await using lab = await TargetLab.open();
    const command = (line: readonly string[]) =>
      lab.exec(ignored ? ["sh", "-c", `trap "" HUP; exec "$@"`, "sh", ...line] : line);
    const child = start(["measure", "ecn"], { within: command });
    const [out, err] = [new StreamText(child.stdout), new StreamText(child.stderr)];
    const writer = child.stdin.getWriter();
    const send = (target: string) => writer.write(new TextEncoder().encode(target + "\n"));
    const [one, two] = lab.addresses("transparent", 4, 2);
    await send(one!);
    // Its end has come only once it was begun, which the rules alone do not say
    await out.until(/\n/);
    child.kill("SIGHUP");
    if (ignored) {
      await send(two!);
      await writer.close();
    }
    const [said, warnings, { code }] = await Promise.all([out.all(), err.all(), child.status]);
    if (!ignored) writer.abort().catch(() => {});
    assertEquals(code, ignored ? 0 : 130, warnings);
    assertEquals(results(said).map(({ dip }) => dip).sort(), ignored ? [one, two] : [one]);
  });
}
