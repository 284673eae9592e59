import { assert, assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";
import { until } from "../until.ts";

const usage = async (...args: string[]) => {
  const { code, out, err } = await inProcess(["locate", ...args]);
  assertEquals([code, out], [2, ""]);
  return err;
};

Deno.test("an invalid command line is reported in a sentence", async () => {
  assertMatch(await usage("192.0.2.1"), /needs a --feature, such as --feature dscp:46/);
  assertMatch(await usage("192.0.2.1", "-f", "dscp"), /--feature dscp needs a codepoint/);
  assertMatch(await usage("192.0.2.1", "-f", "ech"), /--feature ech is not one of ecn, dscp/);
  assertMatch(await usage("192.0.2.1", "-f", "ecn", "-4", "-6"), /-4 and -6 exclude each other/);
  assertMatch(await usage("-f", "ecn"), /locate needs a HOST/);
});

rootTest("the table says where, and what nobody quotes", async () => {
  const boxes = ["dscp-clear", "dscp-drop"];
  await using lab = await TargetLab.open({ routers: 5, at: 3, boxes });
  lab.silence(2);
  const [bleached = "", dropped = "", clean = ""] = [...boxes, "transparent"]
    .flatMap((box) => lab.addresses(box, 4, 1));
  const { code, out, err } = await lab.spider(
    ["locate", "--feature", "dscp:46", "--interval", "0.01", bleached, dropped, clean],
  );
  assertEquals([code, err], [0, ""]);
  const tables = Object.fromEntries(
    out.trim().split("\n\n").map((table) => [table.split(" ")[0]!, table]),
  );
  assertMatch(
    tables[bleached]!,
    /dscp_46: dscp 46 becomes 0 between hop 3 \(100\.64\.0\.18\) and hop 4 \(100\.64\.0\.26\), by 12 of 12 packets\.$/,
  );
  assertMatch(tables[bleached]!, /^ {2}2 {2}\* +0\/6 +0\/6$/m);
  assertMatch(tables[bleached]!, /^ {2}4 {2}100\.64\.0\.26 .* 60 {2}dscp 0$/m);
  assertMatch(tables[dropped]!, /dscp_46: dropped between hop 3 \(100\.64\.0\.18\) and hop 4/);
  assertMatch(
    tables[clean]!,
    /dscp_46: dscp unchanged up to hop 5; what happens to it behind that is not quoted\.$/,
  );
});

rootTest("what cannot be sent is reported, and the rest is done", async () => {
  await using lab = await TargetLab.open({ routers: 2 });
  const [four = "", six = ""] = ([4, 6] as const)
    .flatMap((family) => lab.addresses("transparent", family, 1));
  const evil = await lab.spider(
    ["locate", "-f", "evilbit", "--interval", "0.01", "--json", four, six],
  );
  assertEquals(evil.code, 1);
  const found = new Map(results(evil.out).map((record) => [record.dst_addr, record]));
  assertEquals(found.get(six)?.problem, "IPv6 packets have no evilbit");
  assertEquals(found.get(four)?.length, 3);

  runWithin(lab.client, ["ip", "-6", "route", "delete", "default"]);
  const away = await lab.spider(["locate", "-f", "ecn", six]);
  assertEquals(away.code, 1);
  assertMatch(away.out, /Nothing found: there is no route to it from this host \(ENETUNREACH\)\./);
});

rootTest("what this host itself does to packets is not blamed on the path", async () => {
  await using lab = await TargetLab.open({ routers: 2 });
  runWithin(lab.client, [
    "nft",
    "add table inet own; add chain inet own out { type filter hook output priority 0; }; " +
    "add rule inet own out ip dscp 46 ip dscp set 8; " +
    "add rule inet own out ip6 daddr fd53:7069:6465:20::/64 ip6 dscp 46 drop",
  ]);
  const [four = "", six = ""] = ([4, 6] as const)
    .flatMap((family) => lab.addresses("transparent", family, 1));
  const { out } = await lab.spider(
    ["locate", "-f", "dscp:46", "--interval", "0.01", "--timeout", "2", "--json", four, six],
  );
  const found = new Map(results(out).map((record) => [record.dst_addr, record]));
  const arms = found.get(four)?.arms as { changes: unknown[]; stop: unknown; reason: string }[];
  assertEquals([arms[1]!.changes, arms[1]!.stop], [[], null]);
  assertMatch(arms[1]!.reason, /this host itself sent dscp 8 in place of 46/);
  const other = found.get(six)!;
  const said = String(other.problem ?? (other.arms as { reason: string }[])[1]?.reason);
  assertMatch(said, /does not let it leave|no packet was seen to leave this host/);
});

rootTest("Ctrl-C ends it in order", async () => {
  await using lab = await TargetLab.open({ routers: 2 });
  const { start, outcome } = await import("../spider.ts");
  const child = start(
    ["locate", "-f", "ecn", "--repeats", "1000", ...lab.addresses("transparent", 4, 3)],
    { within: (line) => lab.exec(line) },
  );
  await child.stdin.close();
  const ended = outcome(child);
  const alive = () => runWithin(lab.client, ["sh", "-c", "cat /proc/net/raw | wc -l"]).trim();
  await until("it listens", () => Number(alive()) > 1);
  child.kill("SIGINT");
  const { code, out } = await ended;
  assertEquals(code, 130);
  assert(!out.includes("becomes") && !out.includes("dropped"));
});
