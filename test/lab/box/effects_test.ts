import { assertEquals } from "@std/assert";
import { results } from "../../spider.ts";
import { TestLab } from "../live.ts";
import { rootTest } from "../root.ts";
import { EFFECTS, type Effects, labOf, targetsOf, truthOf } from "./truth.ts";

/** Measures targets behind each of them, in a lab of their own, and asserts what is concluded. */
async function assertEffects(effects: Effects): Promise<void> {
  const { measure } = effects;
  await using lab = await TestLab.open(labOf(effects));
  const targets = targetsOf(effects);
  const { out, err, code } = await lab.spider(
    "client",
    ["measure", ...measure.split(" ")],
    targets.map((target) => `${JSON.stringify(target)}\n`).join(""),
  );
  assertEquals(code, 0, err);
  const found = results(out).map(({ box, family, conditions }) => `${box} ${family} ${conditions}`);
  const wanted = targets.map(({ box, family }) =>
    `${box} ${family} ${truthOf(effects, box, family)}`
  );
  assertEquals(found.sort(), wanted.sort(), `${measure}: ${err}`);
  assertEquals(lab.faults, []);
}

rootTest("middleboxes by name do what their names say, in labs side by side", async () => {
  await Promise.all(EFFECTS.map(assertEffects));
});
