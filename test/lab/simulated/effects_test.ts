import { assertEquals } from "@std/assert";
import { namedMiddlebox } from "../../../src/lab/box/named.ts";
import { EFFECTS, labOf, targetsOf, truthOf } from "../box/truth.ts";
import { resultsOf, runOf } from "./simulating.ts";

for (const effects of EFFECTS) {
  Deno.test(`simulated middleboxes do to ${effects.measure} what those of a kernel do`, async () => {
    const known = new Set<string>();
    for (const box of Object.keys(effects.truth)) {
      const found = await namedMiddlebox(box);
      if (typeof found !== "string" && found.box.program !== undefined) known.add(box);
    }
    const targets = targetsOf(effects).filter(({ box }) => known.has(box));
    const run = await runOf(labOf(effects), effects.measure, targets);
    const results = await resultsOf(run);
    assertEquals(
      results.map(({ box, family, conditions }) => `${box} ${family} ${conditions}`).sort(),
      targets.map(({ box, family }) => `${box} ${family} ${truthOf(effects, box, family)}`).sort(),
    );
    assertEquals(JSON.stringify(await resultsOf(run)), JSON.stringify(results), "once more");
    const left = Object.keys(effects.truth).filter((box) => !known.has(box));
    // Address translation and proxies are about the state of connections, which the kernel keeps
    assertEquals(left.filter((box) => !["nat", "syn-proxy"].includes(box)), []);
  });
}
