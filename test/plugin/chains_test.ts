import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ethernet, ip4, pcapFile, tcp } from "../data/packets.ts";
import { results } from "../spider.ts";
import { Published, source } from "./published.ts";

/** The source of a chain that counts SYNs. */
function chain(name: string, members = ""): string {
  return `export default {
    kind: "chain", name: "${name}", version: "1.0.0", api: "^1", summary: "SYNs",
    fields: { ${name}_syns: { type: "integer", summary: "SYNs", initial: 0 } },
    tcp(rec, tcp) { if (tcp.syn) rec.${name}_syns++; },${members}
  };
  export const tests = [{ name: "one", packets: "> S", flows: [{ ${name}_syns: 1 }] }];
`;
}

const PACKETS = pcapFile([{
  time: 1_700_000_000,
  data: ethernet(ip4(tcp({ source: 1000, flags: 2 }))),
}]);

/** A user with a capture of a SYN, and the arguments that observe it. */
function withCapture(published: Published): string[] {
  const file = published.put("syn.pcap", "");
  Deno.writeFileSync(file, PACKETS);
  return ["observe", "-i", file];
}

Deno.test("a chain is found by its name, its file and its folder", async () => {
  await using published = new Published({});
  const observe = withCapture(published);
  const file = published.put("own/filed.ts", chain("filed"));
  const folder = published.put("own/foldered/mod.ts", chain("foldered")).replace(/\/mod.ts$/, "");
  published.put("config/spider/plugins/named.ts", chain("named"));
  const elsewhere = published.put("elsewhere/other.ts", chain("other"))
    .replace(/\/other.ts$/, "");
  const { code, out, err } = await published.run([
    ...observe,
    ...["basic", "named", "other", "tcp", "--plugin-dir", elsewhere],
    ...["--chain", file, "--chain", folder],
  ]);
  assertEquals(code, 0, err);
  const [record] = results(out);
  for (const name of ["named", "other", "filed", "foldered"]) {
    assertEquals((record as Record<string, unknown>)[`${name}_syns`], 1, out);
  }
  const listed = await published.run(["observe", "--list-chains"]);
  assertMatch(listed.out, /\nnamed: SYNs \(\S+named.ts\)\n$/);
  const unknown = await published.run([...observe, "name"]);
  assertEquals(unknown.code, 2);
  assertStringIncludes(unknown.err, "unknown chain name; did you mean named?");
  const clash = await published.run([...observe, "named", "--chain", "named"]);
  assertEquals([clash.code, clash.out], [1, ""]);
  assertStringIncludes(clash.err, "there are two chains named");
});

Deno.test("a chain from a URL is accepted, and runs in a worker or with --allow", async () => {
  for (const allow of [[], ["--allow"]]) {
    await using published = new Published({ "/syns.ts": chain("syns"), "/tcp.ts": chain("tcp") });
    const observe = withCapture(published);
    const url = published.url("/syns.ts");
    const shown = await published.run(["plugins", "add", url, ...allow]);
    assertMatch(
      shown.err,
      /\n {2}chain syns 1.0.0: SYNs\n[^]*\n {2}sees: every packet [^]*\n {2}fields: syns_syns\n/,
    );
    const unseen = await published.run([...observe, "--chain", url]);
    assertEquals([unseen.code, unseen.out, published.lock], [1, "", ""]);
    assertStringIncludes(unseen.err, "is not trusted yet");
    const taken = await published.run(
      ["plugins", "add", published.url("/tcp.ts"), ...allow, "--trust"],
    );
    assertStringIncludes(taken.err, "its name tcp is taken by what ships with the program");
    const added = await published.run(["plugins", "add", url, ...allow, "--trust"]);
    assertEquals(added.code, 0, added.err);
    for (const words of [["syns"], ["--chain", url], ["--offline", "--chain", url]]) {
      const { code, out, err } = await published.run([...observe, ...words]);
      assertEquals([code, (results(out)[0] as Record<string, unknown>).syns_syns], [0, 1], err);
    }
    for (const command of ["test", "check", "info"]) {
      const { code, out, err } = await published.run(["plugins", command, "syns"]);
      assertEquals(code, 0, `${out}${err}`);
    }
    const spider = await published.run(["measure", "syns", "--help"]);
    assertEquals(spider.code, 1);
    assertStringIncludes(spider.err, "is a chain, and no spider");
  }
});

Deno.test("with --allow too, what a plugin calls itself once it runs is what was accepted", async () => {
  // Of what is assigned later nothing is known before the code runs
  const renamed = (code: string, name: string) =>
    `${code.replace("export default", "const plugin =")}
    plugin.name = "${name}";
    export default plugin;`;
  for (const name of ["other", "tcp"]) {
    await using published = new Published({
      "/syns.ts": renamed(chain("syns"), name),
      "/strict.ts": renamed(source(), name),
    });
    for (const [command, path] of [["observe", "/syns.ts"], ["measure", "/strict.ts"]] as const) {
      const url = published.url(path);
      const added = await published.run(["plugins", "add", url, "--allow", "--trust"]);
      assertEquals(added.code, 0, added.err);
      const { code, err } = await published.run(
        command === "measure"
          ? ["measure", url, "--help"]
          : [...withCapture(published), "--chain", url],
      );
      assertEquals(code, 1, err);
      assertStringIncludes(err, "its name or version is not what its source says");
      assertEquals(err.includes("is taken by what ships with the program"), name === "tcp", err);
    }
  }
});

Deno.test("a spider names a chain that was added from a URL", async () => {
  await using published = new Published({ "/syns.ts": chain("syns") });
  const url = published.url("/syns.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  const named = published.put(
    "strict.ts",
    `${source({ chains: '["basic", "tcp", "syns"]' })}
    export const tests = [{
      name: "counted",
      arms: {
        plain: { socket: "ok", packets: "> S\\n< SA\\n> .", flow: { syns_syns: 2 } },
        marked: { socket: "ok", packets: "> S\\n> S again\\n< SA\\n> .", flow: { syns_syns: 3 } },
      },
      conditions: ["strict.seen"],
    }];`,
  );
  const { code, out, err } = await published.run(["plugins", "test", named]);
  assertEquals(code, 0, `${out}${err}`);
});

Deno.test("a chain from a URL that breaks ends the run, and what it says once it runs is checked", async () => {
  const breaking = chain("syns").replace("if (tcp.syn)", 'throw new Error("\\u001b[2Jgone");');
  const named = chain("syns").replace('name: "syns"', 'name: ["syns", "other"][0]');
  const lying = chain("syns").replace(
    'summary: "SYNs", initial: 0',
    'summary: "SYNs", initial: globalThis.x ?? "0"',
  );
  await using published = new Published({
    "/breaking.ts": breaking,
    "/named.ts": named,
    "/lying.ts": lying,
    "/async.ts": chain("syns").replace("tcp(rec", "async tcp(rec"),
    "/generator.ts": chain("syns").replace("tcp(rec", "*tcp(rec"),
  });
  const observe = withCapture(published);
  const { code, out, err } = await published.run(
    [...observe, "--chain", published.url("/breaking.ts"), "--trust"],
  );
  // What was read before is written, as with a chain in a file
  const local = await published.run(
    [...observe, "--chain", published.put("breaking.ts", breaking)],
  );
  assertEquals([code, out], [1, local.out]);
  assertMatch(
    err,
    /the plugin syns failed in tcp: Error: \?\[2Jgone\n {4}at \S+ \(http\S+breaking/,
  );
  for (
    const [path, why] of [
      ["/async.ts", "cannot be used: tcp must be a plain function, not async"],
      ["/generator.ts", "cannot be used: tcp must be a plain function, not async"],
      ["/named.ts", "its name must be a literal text in the source"],
      ["/lying.ts", "its field syns_syns must begin with a value of its type, integer"],
    ] as const
  ) {
    const refused = await published.run(["plugins", "add", published.url(path), "--trust"]);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, why);
    assertEquals(published.lock.includes(path), false);
  }
});

Deno.test("a spider names a chain that is a plugin", async () => {
  await using published = new Published({});
  published.put("config/spider/plugins/named.ts", chain("named"));
  const tests = `export const tests = [{
    name: "counted",
    arms: {
      plain: { socket: "ok", packets: "> S\\n< SA\\n> .", flow: { named_syns: 2 } },
      marked: { socket: "ok", packets: "> S\\n< SA\\n> ." },
    },
    conditions: ["strict.seen"],
  }];`;
  const spider = (chains: string) => `${source({ chains })}\n${tests}`;
  const right = published.put("strict.ts", spider('["basic", "tcp", "named"]'));
  for (const command of ["check", "test"]) {
    const { code, out, err } = await published.run(["plugins", command, right]);
    assertEquals(code, 0, `${out}${err}`);
  }
  const wrong = published.put("wrong/strict.ts", spider('["basic", "named2"]'));
  const checked = await published.run(["plugins", "check", wrong]);
  assertEquals(checked.code, 1);
  assertMatch(checked.out, /chains.1 is "named2", and there is .*, named\n/);
  const { code, err } = await published.run(["measure", wrong, "--interface", "lo"]);
  assertEquals(code, 1);
  assertMatch(err, /the spider strict names the chain named2, and there is none of that name/);
});
