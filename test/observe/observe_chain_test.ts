import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { ethernet, ip4, pcapFile, tcp } from "../data/packets.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";

const FLAGS = fileURLToPath(new URL("../../plugins/chains/flags.ts", import.meta.url));

/** A folder with a capture of three SYNs, and modules by their names. */
function folder(modules: Readonly<Record<string, string>> = {}) {
  const path = Deno.makeTempDirSync({ prefix: "spider-chains-" });
  const frames = [1, 2, 3].map((time) => ({
    time,
    data: ethernet(ip4(tcp({ source: 1000 + time, flags: 2 }))),
  }));
  Deno.writeFileSync(`${path}/syns.pcap`, pcapFile(frames));
  for (const [name, text] of Object.entries(modules)) {
    Deno.writeTextFileSync(`${path}/${name}`, text);
  }
  const observe = (...args: string[]) => inProcess(["observe", "-i", `${path}/syns.pcap`, ...args]);
  return { path, observe, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** A chain in JavaScript with one field, as a module's text. */
function module(field: string, body: string): string {
  const fields = `{ ${field}: { type: "integer", summary: "packets", initial: 0 } }`;
  return `export default { fields: ${fields}, tcp(rec, tcp) { ${body} } };`;
}

Deno.test("a chain from a file runs beside those that ship with the program", async () => {
  using place = folder();
  const { code, out, err } = await place.observe("--chain", FLAGS, "basic", "tcp");
  assertEquals([code, err], [0, "3 packets, 3 flows\n"]);
  const found = results(out);
  assertEquals(
    found.map(({ tcp_synflags_fwd, flags_syn_fwd }) => [tcp_synflags_fwd, flags_syn_fwd]),
    [
      [2, 1],
      [2, 1],
      [2, 1],
    ],
  );
});

Deno.test("more than one chain, each called as its file is, in any path", async () => {
  using place = folder({
    "odd #?%41.js": module("odd_n", "").replace("fields", 'name: "odd", fields'),
    "one.js": module("one_n", "rec.one_n++"),
    "two.js": module("two_n", "rec.two_n += rec.one_n + tcp.flags"),
  });
  const odd = await place.observe("--chain", `${place.path}/odd #?%41.js`);
  assertEquals(results(odd.out).map(({ odd_n }) => odd_n), [0, 0, 0]);
  const { out } = await place.observe(
    ...["--chain", `${place.path}/one.js`, "--chain", `${place.path}/two.js`],
  );
  assertEquals(results(out).map(({ one_n, two_n }) => [one_n, two_n]), Array(3).fill([1, 3]));
  const list = await place.observe("--list-chains", "--chain", FLAGS);
  assertMatch(list.out, /^flags: Counts of TCP flags\n {2}flags_fin_fwd \(integer\): /m);
});

Deno.test("files that are no chains are one clear sentence, and nothing is written", async () => {
  using place = folder({
    "none.ts": "export const chain = {};",
    "broken.ts": "export default {",
    "throws.ts": "throw new Error('not today');",
    "spider.ts": 'export default { kind: "spider", name: "s", fields: {}, tcp() {} };',
    "clash.ts": module("tcp_connected", ""),
  });
  const wrong: Readonly<Record<string, RegExp>> = {
    "nowhere.ts": /there is no plugin .*nowhere\.ts: no such file or folder/,
    "none.ts": /none\.ts is not a plugin: it has no default export/,
    "broken.ts": /broken\.ts cannot be loaded: SyntaxError: /,
    "throws.ts": /throws\.ts cannot be loaded: Error: not today/,
    "spider.ts": /spider\.ts is not a chain: its kind is spider/,
    "clash.ts": /the chains tcp and clash both have a field tcp_connected: /,
  };
  for (const [name, message] of Object.entries(wrong)) {
    const output = `${place.path}/out.ndjson`;
    const { code, err } = await place.observe(
      "--chain",
      `${place.path}/${name}`,
      "--output",
      output,
    );
    assertEquals(code, 1, name);
    assertMatch(err, new RegExp(`^spider: .*${message.source}`), name);
    assertEquals(
      [...Deno.readDirSync(place.path)].some(({ name }) => name.endsWith("json")),
      false,
    );
  }
});

Deno.test("a chain that throws ends the run in order, with what was written before", async () => {
  using place = folder({ "own.ts": module("own_n", "if (tcp.sourcePort === 1003) rec.other = 1") });
  const { code, out, err } = await place.observe("--chain", `${place.path}/own.ts`);
  assertEquals(code, 1);
  assertEquals(results(out).map(({ sp }) => sp).slice(0, 2), [1001, 1002]);
  assertMatch(err, /^spider: the chain own failed in tcp: TypeError: .*other.*\n.*own\.ts:1:/m);
});

Deno.test("the chain of the manual does what the manual says", async () => {
  const page = Deno.readTextFileSync(new URL("../../src/observe/observing.md", import.meta.url));
  const [, text = ""] = page.match(/```ts ignore\n([\s\S]*?)```/) ?? [];
  using place = folder({ "syns.ts": text });
  const { code, out, err } = await place.observe("--chain", `${place.path}/syns.ts`, "basic");
  assertEquals([code, err], [0, "3 packets, 3 flows\n"]);
  assertEquals(results(out).map(({ syns_fwd }) => syns_fwd), [1, 1, 1]);
});
