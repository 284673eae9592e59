/** The examples of the page about experiments. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { inProcess } from "../../in_process.ts";
import { rootTest } from "../root.ts";
import { assertCompleted, run } from "./experiments.ts";

const PAGE = new URL("../../../src/lab/experiments.md", import.meta.url);
const [FIRST = "", MATRIX = "", WAY = "", TESTERS = "", COMMANDS = ""] = [
  ...Deno.readTextFileSync(PAGE).matchAll(/^```yaml\n([^]*?)^```$/gm),
].map((found) => found[1]!);

/** An experiment of one test. */
function testOf(keys: string): string {
  return `name: x\ntests:\n  - name: t\n${keys.replaceAll(/^(?=.)/gm, "    ")}`;
}

/** What `check` says of a test that has a piece of the page. */
async function checked(piece: string): Promise<string> {
  using folder = new Folder();
  const file = folder.put("x.yaml", new TextEncoder().encode(testOf(piece)));
  const { out, err } = await inProcess(["experiment", "check", file]);
  return out + err;
}

rootTest("the first experiment of the manual comes out as it says", async () => {
  using folder = new Folder();
  const ended = await run(folder, FIRST);
  assertCompleted(ended);
  assertEquals(ended.report.tests.length, 6);
});

rootTest("the experiment of the manual with a topology comes out as it says", async () => {
  using folder = new Folder();
  const ended = await run(folder, WAY);
  assertCompleted(ended);
  assertEquals(ended.report.tests.length, 2);
  // The folders and files that the page names
  const log = Deno.readTextFileSync(`${ended.results}/001-dscp/commands.log`);
  assertEquals(log.split("\n").slice(1), ["1", ""]);
  const names = [...Deno.readDirSync(`${ended.results}/001-dscp/steps`)].map(({ name }) => name);
  assertEquals(names.map((name) => name.split("-dscp_")[0]).sort(), ["4-trace", "5-locate"]);
  assertStringIncludes(Deno.readTextFileSync(`${ended.results}/experiment.log`), "step.began");
});

rootTest("answers carry the codepoint after the command of the manual", async () => {
  using folder = new Folder();
  assertCompleted(
    await run(
      folder,
      testOf(`services:
  web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
  dscp: { implementation: dscp, protocol: { name: tcp, target: web }, options: { codepoint: 46 } }
matrix: { ip: [4, 6] }
expect: [{ must: ["dscp.46.replymark:46"] }]
${COMMANDS}`),
    ),
  );
});

Deno.test("other pieces of files in the manual are right", async () => {
  assertStringIncludes(await checked(TESTERS), "is right: 1 test in 1 network");
  const services = TESTERS.slice(0, TESTERS.indexOf("expect:"));
  assertStringIncludes(await checked(services + MATRIX), "is right: 4 tests in 1 network");
});
