import { assert, assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../../lab/target_lab.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { Folder } from "../../data/temporary.ts";
import { rootTest } from "../../lab/root.ts";
import { commandLine, results, spider } from "../../spider.ts";
import { until } from "../../until.ts";
import { watch } from "./watching.ts";

rootTest("live: --count is exact, --write and --stats agree with the records", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const [kept, stats] = [folder.at("kept.pcap"), folder.at("stats.json")];
  const options = ["--count", "100", "--write", kept, "--stats", stats, "--filter", "tcp"];
  const { ended } = await watch(lab.client, ["-i", lab.interface, ...options]);
  const targets = lab.addresses("transparent", 4, 50).join("\n");
  const within = (line: readonly string[]) => lab.exec(line);
  const measured = await spider(["measure", "ecn"], { within, input: targets });
  assertEquals(measured.code, 0);
  const { code, out, err } = await ended;
  assertEquals(code, 0, err);
  assertMatch(err, /^100 packets, \d+ flows\n$/);
  const counted = results(out).map(({ pkt_fwd, pkt_rev }) => Number(pkt_fwd) + Number(pkt_rev));
  assertEquals(counted.reduce((sum, packets) => sum + packets, 0), 100);
  const found = JSON.parse(folder.text("stats.json"));
  assertEquals([found.packets, found.ended, found.source], [100, "count", lab.interface]);
  assertEquals([found.dropped_by_kernel, found.snaplen], [0, 256]);
  const again = await spider(["observe", "-i", kept]);
  assertEquals(again.out.split("\n").sort(), out.split("\n").sort());
});

rootTest("live: --duration ends it in time, also without a packet", async () => {
  using sandbox = new TestNamespace();
  const begin = performance.now();
  const stats = Deno.makeTempFileSync();
  const args = ["-i", "one", "--filter", "udp port 9", "--duration", "1.5", "--stats", stats];
  const { ended } = await watch(sandbox.name, args);
  const { code, err } = await ended;
  assertEquals([code, err], [0, "0 packets, 0 flows\n"]);
  const found = JSON.parse(Deno.readTextFileSync(stats));
  Deno.removeSync(stats);
  assertEquals([found.ended, found.first_packet], ["duration", null]);
  // Not much later, where a packet that ends it never comes
  assert(found.elapsed >= 1.5 && found.elapsed < 30, found.elapsed);
  assert(performance.now() - begin >= 1500);
});

for (
  const [what, how] of [
    ["goes down", "link set dev one down"],
    ["vanishes", "link delete dev one"],
  ] as const
) {
  rootTest(`live: an interface that ${what} ends it in order, with status 1`, async () => {
    using sandbox = new TestNamespace();
    using folder = new Folder();
    const { ended } = await watch(sandbox.name, [
      ...["-i", "one", "--stats", folder.at("stats.json"), "--write", folder.at("kept.pcap")],
    ]);
    sandbox.ip("neigh add 10.1.0.77 lladdr 02:00:00:00:00:01 dev one");
    // What is sent before the kernel has noticed that the link is up never leaves
    await until("a datagram is kept", () => {
      sandbox.exec("bash", "-c", "echo > /dev/udp/10.1.0.77/9");
      return folder.has("kept.pcap") && folder.latin1("kept.pcap").includes("\n\x01\0M");
    });
    sandbox.ip(how);
    const { code, out, err } = await ended;
    assertEquals(code, 1, err);
    assert(results(out).some(({ dip }) => dip === "10.1.0.77"), out);
    assertMatch(
      err,
      /packets?, .*\nspider: the capture on one breaks off: .*; with --wait it goes on /,
    );
    assertEquals(JSON.parse(folder.text("stats.json")).ended, "fault");
    assertEquals((await spider(["observe", "-i", folder.at("kept.pcap")])).code, 0);
  });
}

rootTest("live: on a terminal it says that it waits for packets", () => {
  using sandbox = new TestNamespace();
  const observe = ["observe", "-i", "one", "--filter", "udp port 9", "--duration", "0.1"];
  const line = commandLine(observe, undefined).map((word) => `'${word}'`).join(" ");
  const said = sandbox.exec("script", "-qec", line, "/dev/null");
  assertMatch(said, /^Waiting for packets on one; Ctrl-C ends in order\.\r\n/);
  assertMatch(said, /0 packets, 0 flows\r\n$/);
});
