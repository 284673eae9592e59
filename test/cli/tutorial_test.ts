import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { isRoot, rootTest } from "../lab/root.ts";
import { Folder } from "../data/temporary.ts";
import { spider, start } from "../spider.ts";

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
  assertMatch(out, /connect\.1 is "htpp", and there is dnstcp, dnsudp, forge, http/);
  assertMatch(out, /\.\/hello: 3 tests, all passed/);
  assertMatch(out, /is not run, since it is not accepted/);
  assertMatch(out, /Added spider hello 0\.1\.0/);
  if (isRoot) assertMatch(out, /hello\.connectivity\.works"[^]*hello\.connectivity\.broken"/);
  else assertMatch(out, /This step needs root/);
  // What it changed as an example is restored
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

rootTest("Ctrl-C in the middle of the tutorial leaves neither its lab nor its folder", async () => {
  const child = start(["tutorial"]);
  await child.stdin.close();
  const spaces = () =>
    run("ip", ["netns", "list"]).split("\n").filter((line) => line.includes(`-${child.pid}-`));
  let out = "";
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  while (!out.includes("$ spider measure hello")) {
    const { value, done } = await reader.read();
    assert(!done, out);
    out += decoder.decode(value);
  }
  const [, folder = ""] = /in (\/.*)\.\n/.exec(out)!;
  assertEquals([spaces().length, Deno.statSync(folder).isDirectory], [3, true]);
  child.kill("SIGINT");
  reader.releaseLock();
  const { code } = await child.output();
  assertEquals(code, 130);
  assertEquals(spaces(), []);
  assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
});
