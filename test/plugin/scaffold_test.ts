import { assert, assertEquals, assertMatch } from "@std/assert";
import { PLUGIN_KINDS } from "../../src/contract/manifest.ts";
import { Published } from "./published.ts";

Deno.test("a new plugin of each kind passes its check, its tests and the type check as it is", async () => {
  for (const kind of PLUGIN_KINDS) {
    await using published = new Published({});
    const folder = published.at("made");
    const made = await published.run(["plugins", "new", kind, "my-first_1", "--directory", folder]);
    assertEquals([made.code, made.err], [0, ""]);
    const plugin = `${folder}/my-first_1`;
    const checked = await published.run(["plugins", "check", plugin]);
    assertEquals([checked.code, checked.err], [0, ""], checked.out);
    const tested = await published.run(["plugins", "test", plugin]);
    assertEquals([tested.code, tested.err], [0, ""], tested.out);
    assertMatch(tested.out, /all passed/);
    const { code, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["check", `${plugin}/mod.ts`],
      cwd: folder,
    }).outputSync();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    // Its tests can fail: they hang on what the plugin does
    const text = Deno.readTextFileSync(`${plugin}/mod.ts`);
    Deno.writeTextFileSync(
      `${plugin}/mod.ts`,
      text.replace("!== 46", "!== 45").replace("if (tcp.syn)", "if (tcp.fin)"),
    );
    assertEquals((await published.spawn(["plugins", "test", plugin])).code, 1);
  }
});

Deno.test("nothing is overwritten, and a name that cannot be is refused", async () => {
  await using published = new Published({});
  const mine = published.put("made/mine/mod.ts", "mine");
  const made = (name: string, kind = "spider") =>
    published.run(["plugins", "new", kind, name, "-d", published.at("made")]);
  const refused = await made("mine");
  assertEquals([refused.code, Deno.readTextFileSync(mine)], [1, "mine"]);
  assertEquals([...Deno.readDirSync(published.at("made/mine"))].length, 1);
  assertMatch(refused.err, /is there already, and is left as it is/);
  for (const name of ["../out", "Big", "a/b", "", "."]) {
    const { code } = await made(name);
    assertEquals(code, 2, name);
  }
  assertEquals([...Deno.readDirSync(published.at("made"))].map(({ name }) => name), ["mine"]);
  const kind = await made("x", "spidr");
  assertEquals(kind.code, 2);
  assertMatch(kind.err, /unknown kind spidr; did you mean spider\?/);
});

Deno.test("the types for authors are those of the contract", async () => {
  await using published = new Published({});
  const { code, out } = await published.run(["plugins", "types"]);
  assertEquals(code, 0);
  const file = published.put("spider.d.ts", out);
  const contract = new URL("../../src/contract/", import.meta.url);
  for (const { name } of Deno.readDirSync(contract)) {
    const exported = Deno.readTextFileSync(new URL(name, contract)).matchAll(/^export \w+ (\w+)/gm);
    for (const [, word] of exported) {
      assertMatch(out, new RegExp(`^export (declare )?\\w+ ${word}\\b`, "m"), name);
    }
  }
  const { success, stderr } = new Deno.Command(Deno.execPath(), { args: ["check", file] })
    .outputSync();
  assert(success, new TextDecoder().decode(stderr));
});
