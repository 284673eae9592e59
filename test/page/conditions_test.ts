import { assertEquals } from "@std/assert";
import {
  byTone,
  findingsIn,
  grouped,
  partsOf,
  toneOf,
  worstOf,
} from "../../src/page/conditions.ts";
import { spiderNames } from "../../src/plugin/spiders.ts";

Deno.test("conditions are put together by what they are about", () => {
  assertEquals(partsOf("ecn.connectivity.works"), ["ecn.connectivity", "works"]);
  assertEquals(partsOf("x.value:1.5"), ["x", "value:1.5"]);
  assertEquals(partsOf("alone"), ["", "alone"]);
  assertEquals(
    grouped({ "b.c.works": 1, "a.seen": 2, "b.c.broken": 5 }),
    [
      ["a", [{ name: "a.seen", count: 2 }]],
      ["b.c", [{ name: "b.c.broken", count: 5 }, { name: "b.c.works", count: 1 }]],
    ],
  );
});

Deno.test("what is bad is looked at first, the rarest where nothing is", () => {
  assertEquals(
    worstOf({ "ecn.connectivity.works": 9, "ecn.connectivity.broken": 1, "x.failed": 2 }),
    "x.failed",
  );
  assertEquals(worstOf({ "a.works": 9, "a.offline": 1 }), "a.offline");
  assertEquals(worstOf({}), null);
});

Deno.test("a condition's last words tell its tone", () => {
  const tones = ["ecn.connectivity.works", "tfo.syndata.not_acked", "pathspider.not_observed"];
  assertEquals([...tones, "ecn.ipmark.ce.not_seen", "dscp.46.changed_at:1-2"].map(toneOf), [
    ...["good", "bad", "warn", "plain", "bad"],
  ]);
  assertEquals(byTone(["a.seen", "a.works", "b.broken", "b.works"]), [
    ...["b.broken", "a.works", "b.works", "a.seen"],
  ]);
  // No name of a spider is such a word, which would give all of its conditions a tone
  assertEquals(spiderNames().filter((name) => toneOf(`${name}.x`) !== "plain"), []);
});

Deno.test("where it happens stands in the names of conditions", () => {
  assertEquals(
    findingsIn(["ecn.ect0.changed_at:0-3", "dscp.46.unchanged_to:4", "evilbit.refused_at:10-12"]),
    [
      { about: "ecn.ect0", kind: "changed", between: [0, 3] },
      { about: "evilbit", kind: "refused", between: [10, 12] },
    ],
  );
});
