/** The examples of the page about experiments. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { inProcess } from "../../in_process.ts";
import { rootTest } from "../root.ts";
import { assertCompleted, run } from "./experiments.ts";

const PAGE = new URL("../../../src/lab/experiments.md", import.meta.url);
const [FIRST = "", MATRIX = "", TESTERS = ""] = [
  ...Deno.readTextFileSync(PAGE).matchAll(/^```yaml\n([^]*?)^```$/gm),
].map((found) => found[1]!);

/** What `check` says of a test that has a piece of the page. */
async function checked(piece: string): Promise<string> {
  using folder = new Folder();
  const text = `name: x\ntests:\n  - name: t\n${piece.replaceAll(/^(?=.)/gm, "    ")}`;
  const file = folder.put("x.yaml", new TextEncoder().encode(text));
  const { out, err } = await inProcess(["experiment", "check", file]);
  return out + err;
}

rootTest("the first experiment of the manual comes out as it says", async () => {
  using folder = new Folder();
  const ended = await run(folder, FIRST);
  assertCompleted(ended);
  assertEquals(ended.report.tests.length, 6);
});

Deno.test("other pieces of files in the manual are right", async () => {
  assertStringIncludes(await checked(TESTERS), "is right: 1 test in 1 network");
  const services = TESTERS.slice(0, TESTERS.indexOf("expect:"));
  assertStringIncludes(await checked(services + MATRIX), "is right: 4 tests in 1 network");
});
