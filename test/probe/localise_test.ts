import { assertEquals } from "@std/assert";
import { runWithin } from "../../src/lab/topology/build.ts";
import { rootTest } from "../lab/root.ts";
import { AWAY, TargetLab } from "../lab/target_lab.ts";
import { ROUTERS, TARGET } from "./localise/each_case.ts";
import { locateAll } from "./localise/located.ts";

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
