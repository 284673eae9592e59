import { assert, assertEquals } from "@std/assert";
import { runWithin } from "../../../src/lab/topology/build.ts";
import { atOnce } from "../../at_once.ts";
import { rootTest } from "../../lab/root.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { allCases, assertPlace, openCases, ROUTERS, sharesFate } from "./each_case.ts";
import { locateAll } from "./located.ts";

for (const tracked of [false, true]) {
  const how = tracked ? "also in quotations" : "in the outer header alone";
  rootTest(
    `a router that rewrites addresses (${how}) is no hindrance`,
    () =>
      atOnce(3, [1, 2, 4], async (router) => {
        await using lab = await openCases(router);
        lab.translate(2, tracked);
        const asked = allCases(lab);
        for (const [at, found] of (await locateAll(lab, asked)).entries()) {
          assertPlace(asked[at]!, found, [router, router + 1]);
          const source = found.arms[0]!.changes.filter(({ field }) => field === "source");
          // Where quotations are translated back, it cannot be seen from here
          const reached = (found.hops[2]!.arms[found.arms[0]!.arm]!.expired ?? 0) > 0;
          if (tracked || !reached) assertEquals(source, []);
          else assertEquals(source.map(({ between }) => between), [[2, 3]]);
        }
      }),
  );
}

rootTest("silent routers, rewritten addresses and a middlebox between them", async () => {
  await using lab = await openCases(4);
  lab.silence(3);
  lab.silence(4);
  lab.translate(2, false);
  const asked = allCases(lab).filter(({ effect }) => typeof effect !== "string");
  for (const [at, found] of (await locateAll(lab, asked)).entries()) {
    assertPlace(asked[at]!, found, [2, 5]);
    const [source] = found.arms[0]!.changes;
    assertEquals([source?.field, source?.between], ["source", [2, 5]]);
  }
});

rootTest("routers that answer seldom make intervals wider, never wrong", async () => {
  await using lab = await openCases(3);
  for (const router of lab.routers) {
    runWithin(router, [
      ...["sysctl", "-qw", "net.ipv4.icmp_ratemask=6168", "net.ipv4.icmp_ratelimit=100"],
      "net.ipv6.icmp.ratelimit=100",
    ]);
  }
  const asked = allCases(lab);
  for (const [at, found] of (await locateAll(lab, asked)).entries()) {
    const { kind, effect, arm: name } = asked[at]!;
    for (const arm of found.arms) {
      const between = [
        ...arm.changes.map((change) => change.between),
        ...arm.stop === null ? [] : [arm.stop.between],
      ];
      for (const [before, after] of between) {
        assert(before <= 3 && after >= 4, `${kind}: ${before}-${after}`);
      }
      if (!sharesFate(kind, name, arm.arm)) assertEquals(between, [], kind);
    }
    const own = found.arms.find(({ arm }) => arm === name)!;
    if (effect !== "dropped" && typeof effect === "string") assert(own.stop?.kind === effect);
  }
});

rootTest("no arm takes what the others are to get of the answers that a router gives", async () => {
  await using lab = await TargetLab.open({ routers: ROUTERS });
  // An answer for each six packets that come
  const [interval, limit] = [20, 40];
  for (const router of lab.routers) {
    runWithin(router, [
      ...["sysctl", "-qw", "net.ipv4.icmp_ratemask=6168", `net.ipv4.icmp_ratelimit=${limit}`],
      `net.ipv6.icmp.ratelimit=${limit}`,
    ]);
  }
  const asked = ([4, 6] as const).map((family) => ({
    feature: "ecn",
    address: lab.addresses("transparent", family, 1)[0]!,
  }));
  const expired: Record<string, number> = {};
  for (const { hops } of await locateAll(lab, asked, ["40", "400", String(interval)])) {
    for (const { arms } of hops) {
      for (const [arm, counts] of Object.entries(arms)) {
        expired[arm] = (expired[arm] ?? 0) + (counts.expired ?? 0);
      }
    }
  }
  const all = Object.values(expired).reduce((sum, count) => sum + count, 0);
  assertEquals(Object.keys(expired).length, 3);
  // A third each: of the three hundred that there are, so few are one arm's once in a billion runs
  for (const count of Object.values(expired)) assert(count > all / 6, JSON.stringify(expired));
});

rootTest("loss alone is never called a drop, nor hides a change", async () => {
  await using lab = await TargetLab.open({
    routers: ROUTERS,
    at: 3,
    boxes: ["dscp-clear", "dscp-drop"],
  });
  lab.lose(2, 5);
  const kinds = ["transparent", "dscp-clear", "dscp-drop"] as const;
  const asked = kinds.flatMap((kind) =>
    ([4, 6] as const).flatMap((family) =>
      lab.addresses(kind, family, 10).map((address) => ({ address, kind, feature: "dscp:46" }))
    )
  );
  let changes = 0;
  let drops = 0;
  for (const [at, found] of (await locateAll(lab, asked)).entries()) {
    const { kind } = asked[at]!;
    const arm = found.arms[1]!;
    const all = JSON.stringify(found);
    assertEquals(found.arms[0]!.changes, []);
    assertEquals(found.arms[0]!.stop, null);
    assertEquals(found.nearer, null);
    if (kind === "transparent") {
      assertEquals([arm.changes, arm.stop], [[], null]);
    } else if (kind === "dscp-clear") {
      assertEquals(arm.stop, null);
      for (const { field, between: [before, after] } of arm.changes) {
        assert(field === "dscp" && before <= 3 && after >= 4, all);
        changes++;
      }
    } else if (arm.stop !== null) {
      const { kind, between: [before, after] } = arm.stop;
      assert(kind === "dropped" && before <= 3 && after >= 4, all);
      drops++;
    } else assert(arm.reason !== null || found.length === null, all);
  }
  assert(changes > 5 && drops > 5, `${changes} changes and ${drops} drops were found`);
});
