import { assert, assertEquals } from "@std/assert";
import { AWAY, TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import type { Hook } from "../../src/lab/box/ruleset.ts";
import { atOnce } from "../at_once.ts";
import { rootTest } from "../lab/root.ts";
import { type Case, CASE_BOXES, CASES, locateAll, type LocatedRecord } from "./localise/located.ts";

const ROUTERS = 5;
const EACH_ROUTER = Array.from({ length: ROUTERS }, (_, at) => at + 1);
/** The target is the hop behind the last router. */
const TARGET = ROUTERS + 1;

interface LocateCase extends Case {
  readonly address: string;
}

/** A lab with the middleboxes of all cases on one router. */
function openCases(at: number, hook: Hook = "forward"): Promise<TargetLab> {
  return TargetLab.open({ routers: ROUTERS, at, hook, boxes: CASE_BOXES });
}

/** Each case once in each family, at an address of its own. */
function allCases(lab: TargetLab): LocateCase[] {
  return CASES.flatMap((one, at) =>
    (one.families ?? [4, 6]).map((family) => ({
      ...one,
      address: lab.addresses(one.kind, family, at + 1).at(-1)!,
    }))
  );
}

/** Asserts that the effect, and nothing else, was found where it is. */
function assertPlace(
  { kind, arm: name, effect, address }: LocateCase,
  found: LocatedRecord,
  between: readonly [number, number],
): void {
  const what = `${kind} at ${address}: ${JSON.stringify(found)}`;
  const arm = found.arms.find((arm) => arm.arm === name)!;
  if (typeof effect === "string") {
    assertEquals([arm.stop?.kind, arm.stop?.between], [effect, between], what);
  } else {
    const [field, to] = effect;
    const featured = arm.changes.filter((change) => change.featured);
    assertEquals(featured.map((change) => [change.field, change.to, change.between]), [
      [field, to, between],
    ], what);
    assertEquals(arm.stop, null, what);
  }
  assertEquals(arm.reason, null, what);
  // There is no verdict on arms that the middlebox lets through
  for (const other of found.arms.filter((other) => !sharesFate(kind, name, other.arm))) {
    assertEquals(other.changes.filter((change) => !change.baseline_too && change.featured), []);
    assertEquals([other.stop, other.reason], [null, null], what);
  }
}

/** Whether a middlebox does to another arm what it does to this one. */
function sharesFate(kind: string, arm: string, other: string): boolean {
  if (arm === other) return true;
  // Both arms of tfo carry the option; a plain SYN is sent by two arms of ecn
  return arm === "tfo_cookie" && other === "tfo_data" ||
    kind === "ecn-drop-plain-syn" && other === "ect0";
}

for (const hook of ["forward", "prerouting"] as const satisfies readonly Hook[]) {
  rootTest(
    `a middlebox on each router in turn (${hook}) is localised for every feature`,
    () =>
      atOnce(ROUTERS, EACH_ROUTER, async (router) => {
        await using lab = await openCases(router, hook);
        const asked = allCases(lab);
        const found = await locateAll(lab, asked);
        const before = hook === "forward" ? router : router - 1;
        for (const [at, one] of asked.entries()) {
          const quoted = before + 1 <= ROUTERS;
          if (quoted || typeof one.effect === "string") {
            assertPlace(one, found[at]!, [before, before + 1]);
          } else assertUnseen(one, found[at]!);
        }
      }),
  );
}

/**
 * Behind the last router there are no quotations: what is done there must not be called unchanged.
 */
function assertUnseen({ arm: name, kind }: LocateCase, found: LocatedRecord): void {
  const arm = found.arms.find((arm) => arm.arm === name)!;
  assertEquals([arm.changes, arm.stop, arm.unchanged_to], [[], null, ROUTERS], kind);
  assertEquals(found.length, TARGET);
}

rootTest("a clean path changes nothing, in either family", async () => {
  await using lab = await TargetLab.open({ routers: ROUTERS });
  const features = ["ecn", "dscp:1", "dscp:63", "mss", "mss:536", "tfo", "tcpopt:8", "tcpopt:200"];
  const asked = features.flatMap((feature, at) =>
    ([4, 6] as const).map((family) => ({
      feature,
      address: lab.addresses("transparent", family, at + 1).at(-1)!,
    }))
  );
  for (const [at, found] of (await locateAll(lab, asked)).entries()) {
    const { feature } = asked[at]!;
    assertEquals([found.length, found.nearer], [TARGET, null]);
    for (const arm of found.arms) {
      assertEquals([arm.changes, arm.stop, arm.reason], [[], null, null], feature);
      if (arm !== found.arms[0]) assertEquals(arm.unchanged_to, ROUTERS, feature);
    }
    assertEquals(
      found.hops.map(({ responders }) => responders.length),
      Array(TARGET).fill(1),
    );
  }
});

rootTest("two silent routers widen the interval and are shown as such", async () => {
  /** Intervals by the router whose forwarding does it, where 2 and 4 say nothing. */
  const intervals: Readonly<Record<number, readonly [number, number]>> = {
    1: [1, 3],
    2: [1, 3],
    3: [3, 5],
    4: [3, 5],
    5: [5, 6],
  };
  await atOnce(ROUTERS, EACH_ROUTER, async (router) => {
    await using lab = await openCases(router);
    lab.silence(2);
    lab.silence(4);
    const asked = allCases(lab);
    const found = await locateAll(lab, asked);
    for (const [at, one] of asked.entries()) {
      assertEquals(found[at]!.hops.map(({ responders }) => responders.length), [1, 0, 1, 0, 1, 1]);
      const [before, after] = intervals[router]!;
      if (one.effect === "refused") {
        // The refusal itself comes from a hop that is otherwise silent
        assertPlace(one, found[at]!, [before, router + 1]);
      } else if (after <= ROUTERS || one.effect === "dropped") {
        assertPlace(one, found[at]!, [before, after]);
      } else assertUnseen(one, found[at]!);
    }
  });
});

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

rootTest(
  "fields that have nothing to do with the feature are reported too, as the baseline's",
  async () => {
    await using lab = await TargetLab.open({ routers: ROUTERS });
    const rules = [
      "ip id set 7",
      "ip6 flowlabel set 5",
      "tcp window set 1000",
      "tcp option timestamp tsval set 5",
      "@th,100,3 set 5",
      "tcp sport set 4444",
    ];
    runWithin(lab.routers[2]!, [
      "nft",
      "add table inet own; add chain inet own meddle { type filter hook forward priority 0; }; " +
      rules.map((rule) => `add rule inet own meddle oifname ${AWAY} ${rule}`).join("; "),
    ]);
    const asked = ([4, 6] as const).map((family) => ({
      feature: "dscp:46",
      address: lab.addresses("transparent", family, 1)[0]!,
    }));
    const changed = {
      window: 1000,
      timestamps: "0000000500000000",
      reserved: 10,
      source_port: 4444,
    };
    for (const [at, found] of (await locateAll(lab, asked)).entries()) {
      const own = at === 0 ? { id: "rewritten" } : { flow_label: 5 };
      for (const { arm, changes, stop } of found.arms) {
        assertEquals(
          Object.fromEntries(changes.map(({ field, to }) => [field, to])),
          { ...changed, ...own },
          arm,
        );
        for (const change of changes) {
          assertEquals([change.between, change.featured], [[3, 4], false]);
          assertEquals(change.baseline_too, arm === "dscp_46");
        }
        assertEquals(stop, null);
      }
      assertEquals(found.length, null); // answers come to a port from which nothing was sent
    }
  },
);

rootTest(
  "a host whose packet filter keeps its RSTs leaves targets waiting, and blames nobody",
  async () => {
    await using lab = await TargetLab.open({
      routers: ROUTERS,
      at: 3,
      boxes: ["dscp-clear", "dscp-reset-syn"],
    });
    runWithin(lab.client, [
      "nft",
      "add table inet own; add chain inet own out { type filter hook output priority 0; }; " +
      "add rule inet own out tcp flags & rst == rst drop",
    ]);
    const kinds = ["transparent", "dscp-clear", "dscp-reset-syn"] as const;
    const asked = kinds.flatMap((kind) =>
      ([4, 6] as const).map((family) => ({
        kind,
        feature: "dscp:46",
        address: lab.addresses(kind, family, 1)[0]!,
      }))
    );
    for (const [at, found] of (await locateAll(lab, asked)).entries()) {
      const { kind } = asked[at]!;
      const [baseline, marked] = found.arms;
      assertEquals([baseline!.changes, baseline!.stop], [[], null], kind);
      assertEquals(found.length, TARGET);
      assertEquals(
        marked!.changes.map(({ between }) => between),
        kind === "dscp-clear" ? [[3, 4]] : [],
      );
      assertEquals(marked!.stop?.between, kind === "dscp-reset-syn" ? [3, 4] : undefined);
    }
  },
);

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
