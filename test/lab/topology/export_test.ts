import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "yaml";
import { run } from "../../../src/host/run.ts";
import { drawLab } from "../../../src/lab/topology/graph.ts";
import { composeFile } from "../../../src/lab/topology/export_compose.ts";
import { shellScript } from "../../../src/lab/topology/export_script.ts";
import { labNameHere, planned } from "../live.ts";
import { rootTest } from "../root.ts";

const TEXT = `
hosts: { client: , server: { serves: [10.20.0.0/16, "fd53:20::/64"] } }
routers: { edge: { middleboxes: [ecn-clear, "loss:1%", { middlebox: drop, to: 10.20.9.0/24 }] }, core: }
links: [[client, edge], { between: [edge, core], rate: 10mbit, delay: 5, mtu: 1400 }, [core, server]]
`;

rootTest(
  "the script builds the lab and removes it, with the middleboxes that are rules",
  async () => {
    const name = labNameHere();
    const script = Deno.makeTempFileSync({ prefix: "spider-lab-" });
    Deno.writeTextFileSync(script, shellScript(await planned(TEXT, name)));
    const sh = async (command: string) => {
      const { stdout, stderr } = await new Deno.Command("sh", { args: ["-c", command] }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    try {
      assertEquals(
        await sh(`sh ${script} up`),
        "This lab is without what takes the program of spider lab up: loss:1% on edge, delay and loss at " +
          "eth1 of edge, delay and loss at eth0 of core\n",
      );
      const ask = (target: string) =>
        sh(
          `printf '1 send-probe ip-4 ${target} timeout 1\\n' | ip netns exec spider-${name}.client mtr-packet`,
        );
      assertMatch(await ask("10.20.1.1"), /^1 reply ip-4 10\.20\.1\.1 /);
      assertMatch(await ask("10.20.9.1"), /^1 no-reply/);
    } finally {
      const left = await sh(`sh ${script} down`);
      Deno.removeSync(script);
      assertEquals(left, "");
    }
    assert(!run("ip", ["netns", "list"]).includes(`spider-${name}.`));
    assertMatch(await sh(`sh ${script} x; echo $?`), /2$/m);
  },
);

Deno.test("the compose file has a container for each node, and a network for each link", async () => {
  const text = composeFile(await planned(TEXT));
  const { services, networks } = parse(text);
  assertEquals(Object.keys(services), ["client", "server", "edge", "core"]);
  assertEquals(services.edge.networks, {
    link0: { ipv4_address: "100.64.0.2", ipv6_address: "fd53:7069:6465:ff::2" },
    link1: { ipv4_address: "100.64.0.9", ipv6_address: "fd53:7069:6465:ff:1::1" },
  });
  const subnets = Object.values(networks).map((network) =>
    (network as { ipam: { config: { subnet: string }[] } }).ipam.config.map(({ subnet }) => subnet)
  );
  assertEquals(subnets[1], ["100.64.0.8/29", "fd53:7069:6465:ff:1::/80"]);
  assertMatch(text, /^# It is without .*: loss:1% on edge/m);
  assertMatch(services.edge.command[2], /nft -f - <<'END'\ntable inet spider/);
});

Deno.test("the picture shows every node, link and middlebox, and escapes what it holds", async () => {
  const svg = drawLab(await planned(TEXT, "study"));
  for (
    const text of ["client", "10.20.0.0/16", "ecn-clear", "loss:1%", "10 Mbit/s, 5 ms, MTU 1400"]
  ) {
    assert(svg.includes(`>${text}<`), text);
  }
  assertEquals(svg.match(/<path /g)?.length, 3);
  assert(svg.includes("drop to 10.20.9.0/24"));
  assertMatch(svg, /^<svg [^>]*aria-label="The lab study">/);
  const remap = TEXT.replace("ecn-clear", '"dscp-remap:46>10"');
  assert(drawLab(await planned(remap)).includes("dscp-remap:46>10"));
});
