import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { checkConditions, readEarlier } from "../../src/result/earlier.ts";
import { ResultWriter } from "../../src/result/ndjson.ts";
import { Folder } from "../data/temporary.ts";

const TIME = { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:00:01.000Z" };
const line = (dip: string, conditions: string[] = ["ecn.connectivity.works"]) =>
  JSON.stringify({ dip, dp: 80, conditions, time: TIME }) + "\n";

Deno.test("whole lines are read, and what was cut off is written over", async () => {
  using folder = new Folder();
  const path = folder.at("results");
  const whole = line("192.0.2.1") + line("192.0.2.2", ["pathspider.not_observed"]);
  Deno.writeTextFileSync(path, whole + line("192.0.2.3").slice(0, -9));
  const earlier = readEarlier(path);
  assertEquals([earlier.targets, earlier.unobserved, earlier.length], [2, 1, whole.length]);
  assertEquals(earlier.conditions.get("ecn.connectivity.works"), 1);
  assertEquals(earlier.seen.add({ dip: "192.0.2.1", dp: 80 }), false);
  assertEquals(earlier.seen.add({ dip: "192.0.2.1", dp: 81 }), true);
  assertEquals(earlier.seen.add({ dip: "192.0.2.3", dp: 80 }), true);
  const writer = ResultWriter.continue(path, earlier.length);
  writer.write({ dip: "192.0.2.3" });
  await writer.close();
  assertEquals(folder.text("results"), whole + '{"dip":"192.0.2.3"}\n');
});

Deno.test("lines longer than a piece, and a file that is not there", () => {
  using folder = new Folder();
  assertEquals(readEarlier(folder.at("none")).targets, 0);
  const long = JSON.stringify({
    dip: "2001:db8::1",
    note: "x".repeat(5 << 20),
    conditions: [],
    time: TIME,
  }) + "\n";
  Deno.writeTextFileSync(folder.at("long"), long + line("192.0.2.1") + long);
  const { targets, length } = readEarlier(folder.at("long"));
  assertEquals([targets, length], [3, long.length * 2 + line("192.0.2.1").length]);
});

Deno.test("results of another spider are not resumed", () => {
  using folder = new Folder();
  const path = folder.at("results");
  const text = line("192.0.2.1", ["pathspider.not_observed"]) +
    line("192.0.2.2", ["pathspider.not_observed", "ecn.connectivity.works"]).repeat(2);
  Deno.writeTextFileSync(path, text);
  const earlier = readEarlier(path);
  checkConditions(path, earlier, { name: "ecn", has: () => true });
  assertThrows(
    () => checkConditions(path, earlier, { name: "dscp", has: (name) => !name.startsWith("ecn") }),
    Failure,
    `line 2 of ${path} has the condition "ecn.connectivity.works", which dscp does not give`,
  );
});

for (
  const text of [
    '{"dip":"192.0.2.1","time":{},"conditions":[7]}',
    "not JSON",
    "{}",
    '{"dip":"192.0.2.1","dp":80}',
    "null",
    '{"dip":7}',
  ]
) {
  Deno.test(`a file that holds ${text} is not resumed`, () => {
    using folder = new Folder();
    const path = folder.at("other");
    Deno.writeTextFileSync(path, line("192.0.2.1") + text + "\n");
    assertThrows(() => readEarlier(path), Failure, "line 2");
    assertEquals(folder.text("other"), line("192.0.2.1") + text + "\n");
  });
}
