import { assertEquals } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { inProcess } from "../../in_process.ts";
import { rootTest } from "../../lab/root.ts";
import { results } from "../../spider.ts";
import { connected, send, watch } from "./watching.ts";

/** Names and packets of interfaces that had some. */
function seen(stats: string): unknown[] {
  const { interfaces } = JSON.parse(stats) as {
    interfaces: { name: string; packets: number; link_type: string }[];
  };
  return interfaces.filter(({ packets }) => packets > 0)
    .map(({ name, packets, link_type }) => `${name} ${packets} ${link_type}`).sort();
}

rootTest("any sees what each interface carries, and says of each packet where it was", async () => {
  using sandbox = new TestNamespace();
  using folder = new Folder();
  await connected(sandbox, 1, "one");
  await connected(sandbox, 2, "two");
  const [kept, stats] = [folder.at("kept.pcapng"), folder.at("stats.json")];
  const filter = "udp and port 9 and not icmp";
  const options = ["--filter", filter, "--count", "14", "--write", kept, "--stats", stats];
  const { ended } = await watch(sandbox.name, ["-i", "any", "-i", "any", ...options]);
  sandbox.ip("link add late type veth peer name far-late");
  sandbox.ip("address add 10.4.0.1/24 dev late");
  for (const dev of ["late", "far-late"]) sandbox.ip(`link set dev ${dev} up`);
  await connected(sandbox, 4, "late");
  const to = ["10.1.0.77", "10.2.0.77", "10.4.0.77", "127.0.0.1"];
  send(sandbox, ...to.flatMap((to) => [`${to}/9`, `${to}/9`]));
  const { code, out, err } = await ended;
  assertEquals([code, err], [0, "14 packets, 8 flows\n"]);
  // What goes out of one interface and in by another was seen twice, what is on loopback once
  const counts = results(out).map(({ dip, pkt_fwd, pkt_rev }) => [dip, pkt_fwd, pkt_rev]);
  assertEquals(counts.sort(), [
    ...[["10.1.0.77", 2, 0], ["10.1.0.77", 2, 0], ["10.2.0.77", 2, 0], ["10.2.0.77", 2, 0]],
    ...[["10.4.0.77", 2, 0], ["10.4.0.77", 2, 0]],
    ...[["127.0.0.1", 1, 0], ["127.0.0.1", 1, 0]],
  ]);
  const names = ["far-late", "far-one", "far-two", "late", "lo", "one", "two"];
  const expected = names.map((name) => `${name} 2 LINUX_SLL2`);
  assertEquals(seen(folder.text("stats.json")), expected);
  const found = JSON.parse(folder.text("stats.json"));
  assertEquals([found.source, found.dropped_by_kernel], ["any", 0]);
  const again = await inProcess(["observe", "-i", kept, "--stats", folder.at("again.json")]);
  assertEquals(again.out.split("\n").sort(), out.split("\n").sort());
  assertEquals(seen(folder.text("again.json")), expected);
});
