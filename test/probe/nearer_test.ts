import { assert, assertEquals, assertMatch } from "@std/assert";
import { runWithin } from "../../src/lab/topology/build.ts";
import { TARGETS } from "../lab/targets.ts";
import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import { proxyOn } from "../lab/proxy.ts";
import { rootTest } from "../lab/root.ts";
import { locateAll } from "./localise/located.ts";

const ROUTERS = 5;

rootTest(
  "a proxy that answers for the target is distinguished from it by where it is",
  async () => {
    await using lab = await TargetLab.open({ routers: ROUTERS });
    await using _proxy = await proxyOn(lab, 2, "tcp dport 80");
    const asked = ([4, 6] as const).flatMap((family) =>
      [80, 443].map((port) => ({
        feature: "dscp:46",
        address: lab.addresses("transparent", family, 1)[0]!,
        port,
        family,
      }))
    );
    for (const [at, found] of (await locateAll(lab, asked)).entries()) {
      const { port, family } = asked[at]!;
      if (port === 443) {
        assertEquals([found.length, found.nearer], [ROUTERS + 1, null]);
        continue;
      }
      assertEquals([found.length, found.nearer?.hop], [2, 2]);
      assertEquals(found.nearer?.behind.includes(linkAddress(family, 1, 2)), true);
    }
    const [target = ""] = lab.addresses("transparent", 4, 1);
    const { out } = await lab.spider(["locate", "-f", "dscp:46", "--interval", "0.01", target]);
    assertMatch(
      out,
      /Port 80 is answered at hop 2, nearer than the path: to other ports, 8 of 8 flows expired there/,
    );
  },
);

rootTest("a proxy on a router that says nothing shows by those behind it", async () => {
  await using lab = await TargetLab.open({ routers: ROUTERS });
  lab.silence(2);
  await using _proxy = await proxyOn(lab, 2, "tcp dport 80");
  const address = lab.addresses("transparent", 4, 1)[0]!;
  const [found] = await locateAll(lab, [{ feature: "ecn", address }]);
  assertEquals([found!.length, found!.nearer?.hop], [2, 2]);
  assertEquals([...found!.nearer!.behind].sort(), [linkAddress(4, 2, 2), linkAddress(4, 3, 2)]);
});

rootTest("ways of unequal lengths are no proxy, whichever a flow takes", async () => {
  await using lab = await TargetLab.open({ routers: ROUTERS });
  // The second router sends every other flow around the third and the fourth, straight to the fifth
  const [, second = "", , , fifth = ""] = lab.routers;
  const ends = [[second, "10.22.0.1"], [fifth, "10.22.0.2"]] as const;
  runWithin(second, [
    ...["ip", "link", "add", "name", "short", "index", "20", "type", "veth"],
    ...["peer", "name", "short", "index", "21", "netns", fifth],
  ]);
  for (const [router, address] of ends) {
    runWithin(router, ["ip", "address", "add", `${address}/30`, "dev", "short"]);
    runWithin(router, ["ip", "link", "set", "dev", "short", "up"]);
  }
  runWithin(second, [
    ...["ip", "route", "replace", TARGETS[4]],
    ...["nexthop", "via", linkAddress(4, 2, 2), "nexthop", "via", "10.22.0.2"],
  ]);
  const asked = lab.addresses("transparent", 4, 40).map((address) => ({ feature: "ecn", address }));
  const lengths = new Set<number | null>();
  for (const { length, nearer } of await locateAll(lab, asked)) {
    lengths.add(length);
    assertEquals(nearer, null, `answered with ${length}`);
  }
  assert(lengths.has(ROUTERS + 1) && lengths.has(ROUTERS - 1), [...lengths].join());
});
