import { assert, assertEquals } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { Folder } from "../data/temporary.ts";
import { outcome, results, start } from "../spider.ts";
import { until } from "../until.ts";

const FOREIGN = 20_000;

/** Sends small datagrams to an address as fast as they go; meant for `deno eval`. */
const FLOOD = `
import { createSocket } from "node:dgram";
const [address, count] = Deno.args;
const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
await new Promise((resolve) => socket.connect(9, address, resolve));
for (let sent = 0; sent < count; sent += 500) {
  await Promise.all(Array.from({ length: 500 }, () =>
    new Promise((resolve) => socket.send("x", () => resolve()))));
}
socket.close();
`;

rootTest(
  "foreign packets are not handed to the program, and its own are, all of them",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    const output = folder.at("results.ndjson");
    const within = (line: readonly string[]) => lab.exec(line);
    const targets = ([4, 6] as const).flatMap((family) =>
      lab.addresses("transparent", family, 200)
    );
    const child = start(["measure", "ecn", "--output", output, "--output-flows"], { within });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${targets[0]}\n`));
    await until("it measures", () => run("ip", ["-n", lab.client, "rule"]).includes("fwmark"));
    for (const family of [4, 6] as const) {
      run("ip", [
        ...["netns", "exec", lab.routers[0]!, Deno.execPath(), "eval", FLOOD],
        ...[linkAddress(family, 0, 1), String(FOREIGN)],
      ]);
    }
    await writer.write(new TextEncoder().encode(targets.slice(1).join("\n")));
    await writer.close();
    const { code, err } = await outcome(child);
    assertEquals(code, 0, err);
    const found = results(folder.text("results.ndjson"));
    assertEquals(found.length, targets.length);
    let own = 0;
    for (const { dip, conditions, flow_results } of found) {
      assert(conditions.includes("ecn.connectivity.works"), `${dip}: ${conditions}`);
      for (const flow of flow_results!) own += flow.pkt_fwd! + flow.pkt_rev!;
    }
    const { packets } = JSON.parse(folder.text("results.ndjson.manifest.json"));
    assertEquals(packets.dropped, 0);
    // Besides: closes of connections, and packets from before the filter was set
    assert(packets.received >= own, `${packets.received} received, ${own} of them in flows`);
    assert(packets.received < own + FOREIGN / 10, `${packets.received} received, ${own} in flows`);
  },
);

/** A spider whose arms take ports of their own, each in another way, outside of the run's. */
const OWN_PORTS = `
export default {
  kind: "spider", name: "ports", version: "1.0.0", api: "^1", summary: "Ports of its own",
  connect: ["tcp", "forge"], chains: ["basic", "tcp"],
  arms: [
    { name: "plain" },
    { name: "data", socket: { bindPort: 901 } },
    { name: "function", connect: (_, { connect }) => connect({ socket: { bindPort: 902 } }) },
    {
      name: "forged",
      connect: (_, { connect }) => connect({ type: "forge" }),
      forge: (packet) => ({ ...packet, transport: { ...packet.transport, sourcePort: 903 } }),
    },
  ],
  conditions: { "ports.seen": "all were" },
  conclude: () => ["ports.seen"],
};
`;

rootTest(
  "ports that a spider chooses itself are captured too, from the first packet on",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    const file = folder.put("ports.ts", new TextEncoder().encode(OWN_PORTS));
    const { code, out, err } = await lab.spider(["measure", file, "--output-flows"], {
      input: lab.addresses("transparent", 4, 20).join("\n"),
    });
    assertEquals(code, 0, err);
    const found = results(out);
    assertEquals(found.length, 20);
    for (const { conditions, flow_results } of found) {
      assertEquals(conditions, ["ports.seen"]);
      const [, data, chosen, forged] = flow_results!;
      assertEquals([data!.sp, chosen!.sp, forged!.sp], [901, 902, 903]);
      // The SYN of each, and its answer
      for (const flow of flow_results!) {
        assertEquals([flow.tcp_synflags_fwd, flow.tcp_synflags_rev], [2, 18], flow.arm);
      }
    }
  },
);
