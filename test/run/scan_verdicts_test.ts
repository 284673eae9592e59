import { assert, assertEquals } from "@std/assert";
import { atOnce } from "../at_once.ts";
import { rootTest } from "../lab/root.ts";
import { SCAN_CASES, ScanLab } from "../lab/scanned.ts";

/** Targets of each IP version behind each middlebox, and behind none. */
const EACH = 4;
const CLEAN = { 4: 60, 6: 60 };
/** On a busy machine answers may take long: half of it is what they all take less than. */
const COOLDOWN = ["--cooldown", "6"];

rootTest(
  "a scan of each spider concludes what is true behind each middlebox",
  () =>
    atOnce(3, Object.values(SCAN_CASES), async (asked) => {
      await using lab = await ScanLab.open(asked, EACH, CLEAN);
      const words = ["--output-offline", ...COOLDOWN, "--gap", "20", "--rate", "0"];
      const found = await lab.scan([...words, "--no-confirm"]);
      for (const { dip, kind } of lab.targets) {
        const which = `${asked.args[0]}: ${dip} behind ${kind}`;
        if (asked.truth[kind]!.includes("pathspider.not_observed")) {
          // What comes from it proves nothing, and only a measurement could say more
          assert(!found.has(dip), which);
          continue;
        }
        const { conditions, method } = found.get(dip)!;
        assertEquals([method, conditions], ["scan", asked.truth[kind]], which);
      }
    }),
);

rootTest("with loss on the path, what differs is measured: no verdict is chance's", async () => {
  const asked = SCAN_CASES.ecn!;
  await using lab = await ScanLab.open(asked, 3, { 4: 100, 6: 100 }, "c5");
  const found = await lab.scan(["--output-offline", ...COOLDOWN, "--rate", "0"]);
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
  assert(measured >= 3 * 2 * 7, `${measured} were measured`);
});
