import { assertEquals, assertMatch } from "@std/assert";
import { openNamespace, within } from "../../../src/host/enter_namespace.ts";
import { libc } from "../../../src/host/libc.ts";
import { openTun } from "../../../src/host/tun.ts";
import { Folder } from "../../data/temporary.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { inProcess } from "../../in_process.ts";
import { rootTest } from "../../lab/root.ts";
import { results, spider } from "../../spider.ts";
import { until } from "../../until.ts";
import { connected, send, watch } from "./watching.ts";

/** The other end of a TUN interface of a namespace, which this process holds. */
function openTunIn(namespace: string, name: string): number {
  const fd = openNamespace(`/run/netns/${namespace}`);
  try {
    return within(fd, () => openTun(name));
  } finally {
    libc.close(fd);
  }
}

rootTest("several interfaces, also of different links: one table of flows, in order", async () => {
  using sandbox = new TestNamespace();
  using folder = new Folder();
  await connected(sandbox, 1, "one");
  await connected(sandbox, 2, "two");
  const tun = openTunIn(sandbox.name, "tun0");
  try {
    sandbox.ip("address add 10.3.0.1/24 dev tun0");
    sandbox.ip("link set dev tun0 up");
    await until("tun0 carries what is sent", () => {
      send(sandbox, "10.3.0.77/7");
      return libc.read(tun, new Uint8Array(2048), 2048n) > 0;
    });
    const [kept, stats] = [folder.at("kept.pcapng"), folder.at("stats.json")];
    const named = ["one", "far-two", "tun0", "one"].flatMap((name) => ["-i", name]);
    const options = ["--filter", "udp port 9", "--write", kept, "--stats", stats];
    const { ended } = await watch(sandbox.name, [...named, ...options, "--count", "60"]);
    const round = ["10.1.0.77/9", "10.3.0.77/9", "10.2.0.77/9"];
    send(sandbox, ...Array.from({ length: 20 }, () => round).flat());
    const { code, out, err } = await ended;
    assertEquals([code, err], [0, "60 packets, 60 flows\n"]);
    // Flows that began one after the other, on one interface after the other, end in that order
    const flows = results(out).toSorted((a, b) => Number(a.pkt_first) - Number(b.pkt_first));
    assertEquals(
      flows.map(({ dip }) => `${dip}/9`),
      Array.from({ length: 20 }, () => round).flat(),
    );
    const found = JSON.parse(folder.text("stats.json"));
    const { source, link_type, packets, dropped_by_kernel } = found;
    assertEquals([source, link_type], ["one, far-two, tun0", "EN10MB, RAW"]);
    assertEquals([packets, dropped_by_kernel], [60, 0]);
    const each = (stats: { interfaces: Record<string, unknown>[] }) =>
      stats.interfaces.map(({ name, link_type, packets }) => [name, link_type, packets]).sort();
    const expected = [["far-two", "EN10MB", 20], ["one", "EN10MB", 20], ["tun0", "RAW", 20]];
    assertEquals(each(found), expected);
    const again = await inProcess(["observe", "-i", kept, "--stats", folder.at("again.json")]);
    assertEquals(again.out.split("\n").sort(), out.split("\n").sort());
    assertEquals(each(JSON.parse(folder.text("again.json"))), expected);
    // As packets are kept in the order in which they were taken, they were taken in that of their times
    const { out: order } = await inProcess(["observe", "-i", kept, "--count", "31"]);
    assertEquals(new Set(results(order).map(({ sp }) => sp)).size, 31);
    const earliest = flows.slice(0, 31).map(({ pkt_first }) => pkt_first).sort();
    assertEquals(results(order).map(({ pkt_first }) => pkt_first).sort(), earliest);

    const inside = (line: readonly string[]) => ["ip", "netns", "exec", sandbox.name, ...line];
    const pcap = ["-i", "one", "-i", "tun0", "--write", folder.at("kept.pcap")];
    const refused = await spider(["observe", ...pcap], { within: inside });
    assertEquals([refused.code, refused.out], [1, ""]);
    assertMatch(
      refused.err,
      /^spider: a pcap file cannot hold packets of two link types, EN10MB and RAW: /,
    );
  } finally {
    libc.close(tun);
  }
});

rootTest("one of several that goes down ends it, and is named", async () => {
  using sandbox = new TestNamespace();
  using folder = new Folder();
  await connected(sandbox, 1, "one");
  await connected(sandbox, 2, "two");
  const stats = folder.at("stats.json");
  const filter = ["--filter", "udp port 9"];
  const args = ["-i", "one", "-i", "two", ...filter, "--stats", stats];
  const { ended } = await watch(sandbox.name, args);
  send(sandbox, "10.1.0.77/9");
  sandbox.ip("link set dev two down");
  const { code, out, err } = await ended;
  assertEquals([code, results(out).map(({ dip }) => dip)], [1, ["10.1.0.77"]]);
  assertMatch(
    err,
    /^1 packet, 1 flow\nspider: the capture on one, two breaks off: two: the interface went down; /,
  );
  assertEquals(JSON.parse(folder.text("stats.json")).fault, "two: the interface went down");
});

Deno.test("interfaces that cannot be observed together, or are not there", async () => {
  const cases: [string[], number, RegExp][] = [
    [["-i", "any", "-i", "lo"], 2, /^spider: --interface any is every interface: leave out lo\n$/],
    [
      ["-i", "lo", "-i", "a.pcap"],
      2,
      /^spider: a capture file is read alone: give --interface a\.pcap, and no other\n$/,
    ],
    [
      ["-i", "a.pcap", "--wait"],
      2,
      /^spider: --wait waits for interfaces; leave it out to read a\.pcap\n$/,
    ],
    [
      Array.from({ length: 65 }, (_, i) => ["-i", `e${i}`]).flat(),
      2,
      /^spider: --interface must name 64 interfaces at most, not 65: --interface any is all of them\n$/,
    ],
    [
      ["-i", "lo", "-i", "none0", "--output", "/nowhere/flows"],
      1,
      /^spider: there is no interface none0: choose one of (.*, )?lo\b.*; or give --wait, /,
    ],
  ];
  for (const [args, status, said] of cases) {
    const { code, out, err } = await inProcess(["observe", ...args]);
    assertEquals([code, out], [status, ""], err);
    assertMatch(err, said);
  }
});
