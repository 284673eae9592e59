import { assert, assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { frame, ofIp, vlan } from "../data/headers.ts";
import { gre } from "../data/tunnels.ts";
import { ethernet, type Frame, ip4, pcapFile, tcp } from "../data/packets.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { outcome, results, spider, start } from "../spider.ts";
import { until } from "../until.ts";

/** SYNs of a number of flows. */
function frames(flows: number): Frame[] {
  return Array.from({ length: flows }, (_, i) => ({
    time: 1_700_000_000 + i,
    data: ethernet(ip4(tcp({ source: 1000 + i, flags: 2 }))),
  }));
}

function file(content: Uint8Array, suffix = ".pcap"): string {
  const path = Deno.makeTempFileSync({ suffix });
  Deno.writeFileSync(path, content);
  return path;
}

Deno.test("a capture file becomes one line a flow, with the fields of the chains named", async () => {
  const path = file(pcapFile(frames(3)));
  const { code, out, err } = await inProcess(["observe", "-i", path, "tcp"]);
  assertEquals([code, err], [0, "3 packets, 3 flows\n"]);
  const found = results(out);
  assertEquals(found.map(({ sp }) => sp).sort(), [1000, 1001, 1002]);
  assertEquals([found[0]?.tcp_synflags_fwd, found[0]?.ecn_ce_syn_fwd], [2, undefined]);
  Deno.removeSync(path);
});

Deno.test("a table that is full lets the idlest flows go early, and says how many", async () => {
  const path = file(pcapFile(frames(20)));
  const { code, out, err } = await inProcess(["observe", "-i", path, "--max-flows", "5"]);
  assertEquals([code, err], [0, "20 packets, 20 flows, 15 evicted\n"]);
  assertEquals(results(out).map(({ sp }) => sp).sort(), frames(20).map((_, i) => 1000 + i));
  Deno.removeSync(path);
});

Deno.test("with an active timeout long flows are written in numbered parts", async () => {
  const packets = Array.from({ length: 20 }, (_, i) => ({
    time: 1_700_000_000 + i * 10,
    data: ethernet(ip4(tcp())),
  }));
  const path = file(pcapFile(packets));
  const { code, out, err } = await inProcess(["observe", "-i", path, "--active", "100"]);
  assertEquals([code, err], [0, "20 packets, 2 flows\n"]);
  assertEquals(
    results(out).map(({ part_number, part_end, pkt_fwd }) => [part_number, part_end, pkt_fwd]),
    [[1, "active", 10], [2, "forced", 10]],
  );
  const csv = await inProcess(["observe", "-i", path, "--active", "100", "--csv", "part"]);
  assertEquals(csv.out.split("\n")[0]!.split(",").slice(-2), ["part_number", "part_end"]);
  Deno.removeSync(path);
});

Deno.test("a filter chooses packets, and a bad one is one clear sentence", async () => {
  const path = file(pcapFile(frames(3)));
  const { out } = await inProcess(["observe", "-i", path, "--filter", "src port 1001"]);
  assertEquals(results(out).map(({ sp }) => sp), [1001]);
  const bad = await inProcess(["observe", "-i", path, "--filter", "src prot 1001"]);
  assertEquals([bad.code, bad.out], [1, ""]);
  assertMatch(bad.err, /^spider: the filter "src prot 1001" is not understood: .*\n$/);
  Deno.removeSync(path);
});

Deno.test("a capture that breaks off gives what was read, and status 1", async () => {
  const path = file(pcapFile(frames(3)).slice(0, -10));
  const { code, out, err } = await inProcess(["observe", "-i", path]);
  assertEquals([code, results(out).length], [1, 2]);
  assertMatch(
    err,
    /2 packets, 2 flows\nspider: .* breaks off: it ends in the middle of a packet.*\n$/,
  );
  Deno.removeSync(path);
});

Deno.test("files that are no captures, or of a link that is not read", async () => {
  const path = file(new TextEncoder().encode("these are not packets at all\n"));
  for (const wrong of ["/nowhere/a.pcap", path]) {
    const { code, err } = await inProcess(["observe", "-i", wrong]);
    assertEquals(code, 1);
    assertMatch(err, /^spider: .* cannot be read as a capture: .*\n$/);
  }
  Deno.writeFileSync(path, pcapFile([], 189)); // USB
  const { code, err } = await inProcess(["observe", "-i", path]);
  assertEquals(code, 1);
  assertMatch(err, /\nspider: packets of link type USB_LINUX \(189\) cannot be read: .*\n$/);
  Deno.removeSync(path);
});

Deno.test("the chains are listed from their own declarations", async () => {
  const { code, out } = await inProcess(["observe", "--list-chains"]);
  assertEquals(code, 0);
  assertMatch(out, /^basic: /m);
  assertMatch(out, /^ {2}ecn_ce_data_rev \(boolean\): /m);
  const wrong = await inProcess(["observe", "tpc"]);
  assertEquals(wrong.code, 2);
  assertMatch(wrong.err, /unknown chain tpc; did you mean tcp\?/);
});

rootTest("a live capture ends in order with Ctrl-C, and has seen every flow", async () => {
  await using lab = await TargetLab.open();
  const within = (line: readonly string[]) => lab.exec(line);
  const child = start(["observe", "-i", lab.interface, "tcp", "ecn"], { within });
  await child.stdin.close();
  const ended = outcome(child);
  const targets = lab.addresses("transparent", 4, 50);
  // It is capturing when its socket is there: one packet socket in the client's namespace
  const sockets = () =>
    new Deno.Command("ip", { args: ["netns", "exec", lab.client, "cat", "/proc/net/packet"] })
      .output();
  while (new TextDecoder().decode((await sockets()).stdout).trim().split("\n").length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const measured = await spider(["measure", "ecn", "--no-control"], {
    within,
    input: targets.join("\n"),
  });
  assertEquals(measured.code, 0);
  // The servers' ends of connections come when they will: FIN_WAIT1 and FIN_WAIT2 wait for them
  const waiting = () =>
    lab.inside(() => Deno.readTextFileSync("/proc/thread-self/net/tcp"))
      .match(/^ *\d+: \S+ \S+ 0[45] /gm);
  await until("all connections have ended", () => waiting() === null);
  child.kill("SIGINT");
  const { code, out, err } = await ended;
  assertEquals(code, 0, err);
  assertMatch(err, /^\d+ packets, 10\d flows, .*interrupted\n$/);
  const flows = results(out).filter(({ proto }) => proto === 6);
  assertEquals(flows.length, 100);
  assert(flows.every((flow) => flow.tcp_connected === true && flow.tcp_fin_rev === true));
});

Deno.test("flows are those inside of tunnels, and with --no-decap those outside", async () => {
  const inside = ip4(tcp(), { source: [10, 0, 0, 1] });
  const [protocol, payload] = gre(ofIp(inside), { key: 7 });
  const data = frame(vlan(ofIp(ip4(payload, { protocol })), 12));
  const path = file(pcapFile([{ time: 1_700_000_000, data }]));
  const [flow] = results((await inProcess(["observe", "-i", path, "encap"])).out);
  assertEquals([flow?.sip, flow?.sp, flow?.encap], ["10.0.0.1", 40000, ["vlan:12", "gre:7"]]);
  const [outer] = results((await inProcess(["observe", "-i", path, "--no-decap", "encap"])).out);
  assertEquals([outer?.sip, outer?.proto, outer?.sp, outer?.encap], ["192.0.2.1", 47, null, []]);
  Deno.removeSync(path);
});
