/** The examples of the page about labs. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { TestLab } from "./live.ts";
import { rootTest } from "./root.ts";

const PAGE = new URL("../../src/lab/labs.md", import.meta.url);

/** The blocks of code of a language, or of none. */
function blocks(language: string): string[] {
  const text = Deno.readTextFileSync(PAGE);
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter((found) => found[1] === language)
    .map((found) => found[2]!);
}

rootTest("the first lab of the manual is built, and its commands do what they say", async () => {
  const [text = ""] = blocks("yaml");
  const [commands = ""] = blocks("");
  const lines = commands.trim().split("\n").map((line) => line.split("#")[0]!.trim());
  await using lab = await TestLab.open(text);
  const exec = lines.filter((line) => line.startsWith("spider lab exec client "))
    .map((line) => line.slice("spider lab exec client ".length));
  assertEquals(exec.length, 2);
  for (const command of exec) {
    if (command.startsWith("spider ")) {
      const { code, out } = await lab.spider("client", command.split(" ").slice(1));
      assertEquals(code, 0);
      assertMatch(out, /\n +3 +10\.20\.0\.1 /);
    } else assertMatch(await lab.sh("client", `${command} -s`), /^A path is transparent/);
  }
  const known = lines.map((line) => line.split(" ")[2]);
  assertEquals(known, ["list", "exec", "exec", "shell"]);
});

Deno.test("other pieces of files in the manual can be planned, and its middlebox is one", async () => {
  const [first = "", routes = ""] = blocks("yaml");
  const whole = await inProcess(["lab", "graph", "-"], { input: first + routes });
  assertEquals([whole.code, whole.err], [0, ""]);
  using folder = new Folder();
  const [code = ""] = blocks("ts");
  const plugin = folder.put("every-other.ts", new TextEncoder().encode(code));
  const checked = await inProcess(["plugins", "check", plugin]);
  assertEquals(checked.code, 0, checked.out);
  const entry = first.replace("middlebox: ecn-drop-syn", `middlebox: ${plugin}`);
  assert(entry !== first);
  assertMatch((await inProcess(["lab", "graph", "-"], { input: entry })).out, />every-other to /);
});
