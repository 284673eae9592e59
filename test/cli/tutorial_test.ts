import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { LESSON_NAMES } from "../../src/cli/commands/tutorial/lessons.ts";
import { PLUGIN_KINDS } from "../../src/contract/manifest.ts";
import { run } from "../../src/host/run.ts";
import { atOnce } from "../at_once.ts";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { isRoot, rootTest } from "../lab/root.ts";
import { outcome, spider, start } from "../spider.ts";
import { until } from "../until.ts";

/** What each lesson says: to everyone, and to root. */
const OUTCOMES: Readonly<
  Record<string, readonly [all: readonly RegExp[], root: readonly RegExp[]]>
> = {
  spider: [[
    /\$ spider plugins check \.\/hello\n\.\/hello\/mod\.ts: spider hello is as it must/,
    /connect\.1 is "htpp", and there is dnstcp, dnsudp, forge, http/,
    /\.\/hello: 3 tests, all passed/,
    /is not run, since it is not accepted/,
    /Added spider hello 0\.1\.0/,
  ], [/hello\.connectivity\.works"[^]*hello\.connectivity\.broken"/]],
  chain: [[
    /\n- {5}if \(tcp\.syn\) rec.*\n\+ {5}if \(tcp\.syn && tcp\.ece\) rec.*\n\n\$/,
    /flow 1: hello_syns_fwd is 0, and 2 was expected\n[^]*2 tests, all passed/,
    /\$ spider observe -i hello\.pcap --chain \.\/hello\n15 packets, 3 flows\n\{"sip"/,
  ], []],
  middlebox: [[/ecn_ect0_syn_fwd is false, and true was expected\n[^]*1 test, all passed/], [
    /ect0: ecn 2 becomes 0 between hop 1 /,
    /The lab tutorial-\d+ is gone\./,
    /4 of 4 tests came out as expected/,
  ]],
  protocol: [[
    /port is 13, and 7 was expected\n[^]*1 test, all passed/,
    /service clock is as it must be\n[^]*service ask is as it must be/,
  ], [/4 of 4 tests came out as expected/]],
  service: [
    [/option "status" is not known; there is page\n[^]*In .*:\n\n\+ {5}status: .*\n-[^]*1 test, all passed/],
    [
      /HTTP\/1\.1 200 OK\r?\n[^]*\ngood day\n/,
      /2 of 2 tests came out as expected/,
    ],
  ],
  environment: [[/there is at_start, which was not expected\n[^]*2 tests, all passed/], [
    /1 of 1 tests came out as expected/,
    /"web hello": \{\n +"at_start": \d+,\n +"relocations": \d+\n/,
  ]],
  observer: [[
    /line 2 is "ecn\[ip=6\] did not, see above", and "ecn\[ip=6\] did not" was expected\n[^]*1 test, all/,
    /\$ spider experiment run hello\.yaml\necn\[middlebox=transparent\] came out as expected\nmissed: /,
    /missed: must ecn\.ipmark\.ect0\.seen\necn\[middlebox=ecn-clear\] did not, see above\n/,
  ], []],
  endpoint: [[
    /the answer is \{"greeting":"Hello, Ada!"\}[^]*3 tests, all passed/,
    /\n\{"greeting":"Good day, Ada!"\}\n\{"error":"say whom to greet: \?name=Ada"\}/,
  ], []],
  experiment: [[
    /did you mean ecn\?\n.*did you mean ecn-clear\?/,
    /--environment simulated\n2 of 2 tests came out as expected/,
  ], [
    /must ecn\.ipmark\.ect0\.seen: missed 1 of 1\n +The middlebox ecn-clear treats/,
    /6 of 6 tests came out as expected/,
    /ecn\[middlebox=ecn-clear,ip=4\]: failed before, completed now/,
  ]],
};

/** Places of its own for what a lesson may touch: temporary files, settings, journals, namespaces. */
class Places implements Disposable {
  readonly #folder = new Folder();
  readonly #names = ["here", "tmp", "config", "data", "state"];

  constructor() {
    for (const name of this.#names) Deno.mkdirSync(this.#folder.at(name));
  }

  /** The command line in these places, which at its end lists the namespaces that are left. */
  within = (line: readonly string[]): readonly string[] => {
    const inside = [
      ...["env", `--chdir=${this.#folder.at("here")}`, `TMPDIR=${this.#folder.at("tmp")}`],
      `XDG_CONFIG_HOME=${this.#folder.at("config")}`,
      `XDG_DATA_HOME=${this.#folder.at("data")}`,
      `SPIDER_STATE_DIR=${this.#folder.at("state")}`,
      ...line,
    ];
    if (!isRoot) return inside;
    const script = 'mkdir -p /run/netns && mount -t tmpfs none /run/netns && "$@"; ' +
      "status=$?; ls /run/netns >&2; exit $status";
    return ["unshare", "--mount", "sh", "-c", script, "sh", ...inside];
  };

  /** Everything that is in them. */
  left(): string[] {
    return this.#names.flatMap((name) =>
      [...Deno.readDirSync(this.#folder.at(name))].map((entry) => `${name}/${entry.name}`)
    ).filter((path) => path !== "state/lock" && path !== "state/labs");
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("each lesson goes to its end, and leaves nothing behind", async () => {
  assertEquals(Object.keys(OUTCOMES), [...LESSON_NAMES]);
  await atOnce(3, Object.entries(OUTCOMES), async ([name, [all, root]]) => {
    using places = new Places();
    const { code, out, err } = await spider(
      ["tutorial", "--lesson", name, "--non-interactive"],
      { within: places.within },
    );
    assertEquals([code, err, places.left()], [0, "", []], out);
    for (const said of all) assertMatch(out, said);
    if (isRoot) { for (const said of root) assertMatch(out, said); }
    else if (root.length > 0) assertMatch(out, /This step needs root/);
  });
});

Deno.test("there is a lesson for each kind of plugin, and the list has them all", async () => {
  for (const kind of PLUGIN_KINDS) assert(LESSON_NAMES.includes(kind), `no lesson about ${kind}`);
  const { out } = await inProcess(["tutorial", "--list", "--json"]);
  const rows: { readonly name: string; readonly about: string }[] = JSON.parse(out);
  assertEquals(rows.map(({ name }) => name), [...LESSON_NAMES]);
  const { out: table } = await inProcess(["tutorial", "--list"]);
  assertEquals(
    table.trimEnd().split("\n").map((line) => line.split(/ {2,}/)),
    rows.map(({ name, about }) => [name, about]),
  );
  const { code, err } = await inProcess(["tutorial", "--lesson", "midlebox"]);
  assertEquals(code, 2);
  assertMatch(err, /did you mean middlebox\?/);
});

Deno.test("a folder that was named is kept, with what a lesson has made", async () => {
  using folder = new Folder();
  const { code, err } = await spider([
    ...["tutorial", "--lesson", "chain", "--non-interactive"],
    ...["--directory", folder.at("work")],
  ]);
  assertEquals([code, err], [0, ""]);
  assertMatch(folder.text("work/hello/mod.ts"), /tcp\.ece/);
});

Deno.test("the tutorial leaves a folder alone that is not empty", async () => {
  using folder = new Folder();
  folder.put("mine", new Uint8Array());
  const { code, err } = await spider(["tutorial", "--directory", folder.path]);
  assertEquals(code, 1);
  assertMatch(err, /is not empty, and is left as it is/);
  assertEquals([...Deno.readDirSync(folder.path)].length, 1);
});

/** Names of the namespaces in the journals of a state directory. */
function noted(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".journal"))
    .flatMap(({ name }) => Deno.readTextFileSync(`${folder}/${name}`).split("\n"))
    .flatMap((line) => /"kind":"netns","name":"([^"]+)"/.exec(line)?.[1] ?? []);
}

/** Where lessons are interrupted: in what is shown, when its namespaces are there. */
const INTERRUPTED = {
  spider: "$ spider lab exec",
  middlebox: "$ spider lab exec",
  experiment: "$ spider experiment run study.yaml --output after",
};

rootTest("Ctrl-C in the middle of a lesson leaves neither its network nor its folder", async () => {
  await atOnce(3, Object.entries(INTERRUPTED), async ([name, place]) => {
    using state = new Folder();
    const child = start(["tutorial", "--lesson", name], {
      within: (line) => ["env", `SPIDER_STATE_DIR=${state.path}`, ...line],
    });
    await child.stdin.close();
    let out = "";
    const decoder = new TextDecoder();
    const reader = child.stdout.getReader();
    while (!out.includes(place)) {
      const { value, done } = await reader.read();
      assert(!done, out);
      out += decoder.decode(value);
    }
    reader.releaseLock();
    const existing = () =>
      run("ip", ["netns", "list"]).split("\n").map((one) => one.split(" ")[0]!);
    await until("its namespaces", () => noted(state.path).length > 2);
    const own = noted(state.path);
    const [, folder = ""] = /in (\/.*)\.\n/.exec(out)!;
    assert(Deno.statSync(folder).isDirectory);
    child.kill("SIGINT");
    const { code, err } = await outcome(child);
    assertEquals([code, err], [130, ""]);
    assertEquals(existing().filter((one) => own.includes(one)), []);
    assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
  });
});
