import { assertEquals, assertMatch } from "@std/assert";
import { relative } from "node:path";
import { Folder } from "../../../data/temporary.ts";
import { sampleCell, sampleFailure, sampleReport, sampleTest } from "./sample.ts";
import { inProcess } from "../../../in_process.ts";

/** What `spider experiment report` shows of some tests, in a folder that is named relatively. */
async function shown(folder: Folder, ...tests: Parameters<typeof sampleReport>[0][]) {
  const text = JSON.stringify(sampleReport(...tests));
  folder.put("report.json", new TextEncoder().encode(text));
  const { code, out, err } = await inProcess([
    ...["experiment", "report", relative(Deno.cwd(), folder.path)],
  ]);
  assertEquals(code, 0, err);
  return out.trimEnd().split("\n");
}

Deno.test("a run is shown as a table of verdicts and conditions, with the whole path of its report", async () => {
  using folder = new Folder();
  const lines = await shown(folder, [
    sampleTest({ id: "old\x1b[31m" }),
    sampleCell({ ip: 4 }, {
      conditions: { "ecn.connectivity.works": 4, "ecn.ipmark.ce.seen": 12 },
    }),
    sampleTest({ id: "same" }),
    sampleTest({ id: "none", conditions: {} }),
  ]);
  assertEquals(lines, [
    "TEST                        VERDICT    RESULTS  CONDITION",
    "old?[31m, and 1 more alike  completed        4  ecn.connectivity.works",
    "ecn[ip=4]                   completed        4  ecn.connectivity.works",
    "                                            12  ecn.ipmark.ce.seen",
    "none                        completed",
    "",
    "4 of 4 tests came out as expected in 12.3 s",
    `report: ${folder.path}/report.html`,
  ]);
});

Deno.test("what traces and localisations found stands below the table", async () => {
  using folder = new Folder();
  const lines = await shown(folder, [sampleFailure()]);
  const at = lines.indexOf("ecn[middlebox=ecn-clear,ip=6], on the way:");
  assertMatch(lines[at + 1]!, /^ {2}trace to 10\.20\.0\.1: 1 10\.0\.0\.1 0\.138 ms, 2 \*, /);
  assertMatch(lines[at + 2]!, /^ {2}locate dscp:46 to 10\.20\.0\.1: dscp_46: dscp 46 becomes 0 /);
  assertEquals(lines[at + 3], "");
});
