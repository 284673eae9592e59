import { assert, assertEquals } from "@std/assert";
import { run } from "../../../src/host/run.ts";
import { type BoxChain, dispatch } from "../../../src/lab/box/dispatch.ts";
import { networkOf } from "../../../src/lab/topology/addresses.ts";
import { TestLab } from "../live.ts";
import { probe, replies } from "../mtr.ts";
import { rootTest } from "../root.ts";

/** Chains by their names, each about some prefixes; about everything where there are none. */
function chains(about: Readonly<Record<string, readonly string[]>>): BoxChain[] {
  return Object.entries(about).map(([name, to]) => ({
    name,
    to: to.length === 0 ? null : to.map(networkOf),
  }));
}

const APART = { a: ["10.0.1.0/24"], b: ["10.0.2.0/24", "10.0.3.1"], c: ["10.0.4.0/24"] };
const LAST = { d: ["10.0.5.0/24"] };

Deno.test("several middleboxes whose prefixes are apart cost as much as one", () => {
  const { jumps, chains: own } = dispatch("ip", chains({ ...APART, ...LAST }));
  assertEquals(jumps, ["jump own1-ip"]);
  const map = "10.0.1.0/24 : jump a, 10.0.2.0/24 : jump b, 10.0.3.1/32 : jump b, " +
    "10.0.4.0/24 : jump c, 10.0.5.0/24 : jump d";
  assertEquals(own[1]!.rules.slice(1), [`ip daddr vmap { ${map} }`, `ip saddr vmap { ${map} }`]);
  assertEquals(own[0], {
    name: "own1-ip-each",
    rules: ["jump a", "jump b", "jump c", "jump d"],
  });
});

Deno.test("few of them, those that overlap, and those about everything stand in their order", () => {
  for (
    const last of [{}, { x: ["10.0.2.128/25"] }, { x: [] }, { x: ["10.9.0.0/16", "10.9.1.0/24"] }]
  ) {
    const boxes = chains({ ...APART, ...last });
    assertEquals(dispatch("ip", boxes), {
      jumps: boxes.map(({ name }) => `jump ${name}`),
      chains: [],
    });
  }
  const around = dispatch("ip6", chains({ x: [], ...APART, ...LAST, y: ["10.0.0.0/16"], z: [] }));
  assertEquals(around.jumps, ["jump x", "jump own1-ip6", "jump y", "jump z"]);
});

rootTest("a packet meets middleboxes of both its ends in their order, and each once", async () => {
  // One box more than it takes for a map
  await using lab = await TestLab.open(`
hosts:
  a: { serves: [10.1.0.0/24, "fd01::/64"] }
  b: { serves: [10.2.0.0/24, "fd02::/64"] }
routers:
  r:
    middleboxes:
      - { middlebox: "dscp-remap:1>2", to: [10.1.0.0/24, "fd01::/64"] }
      - { middlebox: "dscp-remap:2>3", to: [10.2.0.0/24, "fd02::/64"] }
      - { middlebox: dscp-clear, to: [10.3.0.0/24, "fd03::/64"] }
      - { middlebox: dscp-clear, to: [10.4.0.0/24, "fd04::/64"] }
      - { middlebox: "dscp-remap:3>4", to: [a, b] }
links: [[a, r], [r, b]]
`);
  const listed = run("ip", [
    ...["netns", "exec", lab.lab.node("r").namespace],
    ...["nft", "list", "table", "inet", "spider"],
  ]);
  assert(listed.includes("vmap"), listed);
  const marks = (host: string) =>
    run(
      "ip",
      ["netns", "exec", lab.lab.node(host).namespace, "nft", "-f", "-"],
      `table inet seen {
  chain marks {
    type filter hook prerouting priority raw
    ${
        [1, 2, 3, 4].flatMap((mark) => [`ip dscp ${mark} counter`, `ip6 dscp ${mark} counter`])
          .join("\n    ")
      }
  }
}
`,
    );
  marks("b");
  // The mark 1 in the octet that it shares with ECN
  const probes = [
    "ip-4 10.2.0.1 local-ip-4 10.1.0.1 tos 4",
    "ip-6 fd02::1 local-ip-6 fd01::1 tos 4",
  ];
  assertEquals(replies(await probe(lab, "a", probes)), 2);
  const seen = await lab.sh("b", "nft list table inet seen");
  const counts = [...seen.matchAll(/(ip6?) dscp (?:0x0)?(\d) counter packets (\d+)/g)]
    .map(([, ip, mark, packets]) => [ip, Number(mark), Number(packets)]);
  assertEquals(
    counts.filter(([, , packets]) => packets !== 0),
    [["ip", 4, 1], ["ip6", 4, 1]],
    seen,
  );
});
