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

Deno.test("a chain from a URL sees every packet, and so runs only with --allow", async () => {
  await using published = new Published({ "/syns.ts": chain("syns"), "/tcp.ts": chain("tcp") });
  const observe = withCapture(published);
  const url = published.url("/syns.ts");
  for (
    const args of [["plugins", "add", url, "--trust"], [...observe, "--chain", url, "--trust"]]
  ) {
    const { code, out, err } = await published.run(args);
    assertEquals([code, out, published.lock], [1, "", ""]);
    assertStringIncludes(err, "it has hooks that see every packet; that takes a local file");
  }
  const shown = await published.run(["plugins", "add", url, "--allow"]);
  assertMatch(shown.err, /\n {2}chain syns 1.0.0: SYNs\n[^]*\n {2}fields: syns_syns\n/);
  assertEquals(published.lock, "");
  const taken = await published.run(
    ["plugins", "add", published.url("/tcp.ts"), "--allow", "--trust"],
  );
  assertStringIncludes(taken.err, "its name tcp is taken by what ships with the program");
  assertEquals((await published.run(["plugins", "add", url, "--allow", "--trust"])).code, 0);
  for (const words of [["syns"], ["--chain", url]]) {
    const { code, out, err } = await published.run([...observe, ...words]);
    assertEquals([code, (results(out)[0] as Record<string, unknown>).syns_syns], [0, 1], err);
  }
  for (const args of [["plugins", "test", "syns"], ["plugins", "check", "syns"]]) {
    const { code, out, err } = await published.run(args);
    assertEquals(code, 0, `${out}${err}`);
  }
  const spider = await published.run(["measure", "syns", "--help"]);
  assertEquals(spider.code, 1);
  assertStringIncludes(spider.err, "is a chain, and no spider");
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
