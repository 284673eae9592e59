import { assert, assertEquals, assertMatch } from "@std/assert";
import { isRoot } from "../lab/root.ts";
import { Folder } from "../data/temporary.ts";
import { spider } from "../spider.ts";

Deno.test("the tutorial goes from nothing to a run", async () => {
  using folder = new Folder();
  const { code, out, err } = await spider([
    "tutorial",
    "--non-interactive",
    "--directory",
    folder.at("work"),
  ]);
  assertEquals([code, err], [0, ""], out);
  assertMatch(
    out,
    /\$ spider plugins check \.\/hello\n\.\/hello\/mod\.ts: spider hello is as it must/,
  );
  assertMatch(out, /connect\.1 is "htpp", and there is tcp/);
  assertMatch(out, /\.\/hello: 3 tests, all passed/);
  assertMatch(out, /is not run, since it is not accepted/);
  assertMatch(out, /Added spider hello 0\.1\.0/);
  if (isRoot) assertMatch(out, /hello\.connectivity\.works"[^]*hello\.connectivity\.broken"/);
  else assertMatch(out, /This step needs root/);
  // What it changed for the sake of showing is as it was
  assert(folder.has("work"));
  assertMatch(Deno.readTextFileSync(folder.at("work/hello/mod.ts")), /dscp: 46/);
});

Deno.test("the tutorial leaves a folder alone that is not empty", async () => {
  using folder = new Folder();
  folder.put("mine", new Uint8Array());
  const { code, err } = await spider(["tutorial", "--directory", folder.path]);
  assertEquals(code, 1);
  assertMatch(err, /is not empty, and is left as it is/);
  assertEquals([...Deno.readDirSync(folder.path)].length, 1);
});
