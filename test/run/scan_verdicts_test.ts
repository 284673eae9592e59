import { assertEquals } from "@std/assert";
import { rootTest } from "../lab/root.ts";
import { SCAN_CASES, ScanLab } from "../lab/scanned.ts";

/** Targets of each IP version behind each middlebox. */
const EACH = 4;
const CLEAN = { 4: 60, 6: 60 };

for (const [name, asked] of Object.entries(SCAN_CASES)) {
  rootTest(`a scan of ${name} concludes what is true behind each middlebox`, async () => {
    await using lab = await ScanLab.open(asked, EACH, CLEAN);
    const words = ["--output-offline", "--cooldown", "1", "--gap", "20", "--rate", "0"];
    const found = await lab.scan([...words, "--no-confirm"]);
    assertEquals(found.size, lab.targets.length);
    for (const { dip, kind } of lab.targets) {
      const { conditions, method } = found.get(dip)!;
      assertEquals([method, conditions], ["scan", asked.truth[kind]], `${dip} behind ${kind}`);
    }
  });
}

rootTest("with loss on the path, what differs is measured: no verdict is chance's", async () => {
  const asked = SCAN_CASES.ecn!;
  await using lab = await ScanLab.open(asked, 3, { 4: 100, 6: 100 }, "c5");
  const found = await lab.scan(["--output-offline", "--cooldown", "2", "--rate", "0"]);
  assertEquals(found.size, lab.targets.length);
  let measured = 0;
  for (const { dip, kind } of lab.targets) {
    const { conditions, method } = found.get(dip)!;
    if (method === "measure") measured++;
    // A mark that was lost with its packet is not known, and said so
    if (conditions.includes("pathspider.not_observed")) continue;
    assertEquals(conditions, asked.truth[kind], `${dip} behind ${kind}, by ${method}`);
  }
  // Behind middleboxes alone these are as many: what they break is confirmed
  assertEquals(measured >= 3 * 2 * 7, true, `${measured} were measured`);
});
