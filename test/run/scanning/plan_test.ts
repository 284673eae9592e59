import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { UsageError } from "../../../src/host/usage_error.ts";
import { SCAN_DEFAULTS } from "../../../src/run/limits.ts";
import { scanPlanOf } from "../../../src/run/scanning/plan.ts";
import type { ScanRequest } from "../../../src/run/scanning/request.ts";
import type { Spider } from "../../../src/mod.ts";
import dnsresolv from "../../../plugins/spiders/dnsresolv.ts";
import dscp from "../../../plugins/spiders/dscp.ts";
import ecn from "../../../plugins/spiders/ecn.ts";
import h2 from "../../../plugins/spiders/h2.ts";
import udpzero from "../../../plugins/spiders/udpzero.ts";

const REQUEST: ScanRequest = { ...SCAN_DEFAULTS, spider: ecn, prefixes: ["127.0.0.0/30"] };

Deno.test("an invalid request is refused in its own words", async () => {
  const cases: [Partial<ScanRequest>, string][] = [
    [{ prefixes: [] }, "there is nothing to scan: give prefixes, or a list of targets as input"],
    [{ input: "list" }, "prefixes and input exclude each other; give one"],
    [{ shards: 2, shard: 2 }, "shard must be less than shards 2, not 2: they count from 0"],
    [{ rate: -1 }, "rate must be a number from 0 to 100000000, not -1"],
    [{ probes: 17 }, "probes must be a whole number from 1 to 16, not 17"],
    [{ minHitrate: 1.5 }, "minHitrate must be a number from 0 to 1, not 1.5"],
    [
      { ports: [{ first: 90, last: 80 }] },
      "ports must be ports from 1 to 65535, the lower one first, not 90-80",
    ],
    [
      { sourcePorts: { first: 1, last: 65_536 } },
      "sourcePorts must be ports from 1 to 65535, the lower one first, not 1-65536",
    ],
    [
      { spider: dscp, connect: "icmp", ports: [{ first: 80, last: 80 }] },
      "ports says nothing over the connection type icmp, which has no ports: leave it out",
    ],
    [
      { sourcePorts: { first: 7, last: 7 } },
      "sourcePorts must be 2 ports or more, not 1, so that each SYN to a target has one of its own",
    ],
    [
      { sourcePorts: { first: 7, last: 15 }, probes: 2 },
      "sourcePorts must be 10 ports or more, not 9, so that each SYN to a target has one of its own",
    ],
    [
      { interface: "lo", sources: ["192.0.2.1"] },
      "sources 192.0.2.1 is not an address of lo, which has 127.0.0.1",
    ],
    [{ prefixes: ["192.0.2.0/33"] }, '"192.0.2.0/33": the length of its prefix is not 0 to 32'],
    [{ sources: ["here"] }, "sources must be an IPv4 or IPv6 address, not here"],
  ];
  for (const [changed, said] of cases) {
    const error = await assertRejects(() => scanPlanOf({ ...REQUEST, ...changed }), UsageError);
    assertEquals(error.message, said);
  }
});

Deno.test("spiders whose arms are no single packets are refused", async () => {
  for (const spider of [dnsresolv, h2] as Spider[]) {
    await assertRejects(
      () => scanPlanOf({ ...REQUEST, spider: spider as ScanRequest["spider"] }),
      spider.needs === "domain" ? UsageError : Failure,
      spider.name,
    );
  }
});

Deno.test("a plan has the interface's addresses, ports that nothing uses, and a seed", async () => {
  const plan = await scanPlanOf({ ...REQUEST, interface: "lo" });
  assertEquals([plan.device.name, plan.sources[4], plan.seedGiven], ["lo", ["127.0.0.1"], false]);
  assertEquals(plan.connect.name, "tcp");
  const ports = { first: 7, last: 9 };
  const given = await scanPlanOf({ ...REQUEST, interface: "lo", seed: 3, sourcePorts: ports });
  assertEquals([given.seed, given.seedGiven, given.sourcePorts], [3, true, ports]);
  // Datagrams may all leave from one port
  const one = { first: 7, last: 7 };
  const udp = { interface: "lo", spider: udpzero, probes: 2, sourcePorts: one };
  assertEquals((await scanPlanOf({ ...REQUEST, ...udp })).sourcePorts, one);
});
