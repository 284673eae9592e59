import { assertEquals, assertMatch } from "@std/assert";
import { Blocks } from "../data/blocks.ts";
import { ACK, ethernet, ip4, join, SYN, tcp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { outcome, results, start } from "../spider.ts";

const blocks = new Blocks();
const YEAR_2200 = 7_258_118_400n;

/** A segment of a flow, in Ethernet or not. */
const segment = (source: number, flags: number) => ip4(tcp({ source, flags }));

/** Two flows, each with packets on an interface of Ethernet and on one of raw IP, in the year 2200. */
const FILE = join(
  blocks.section(),
  blocks.described({ options: [[2, [...new TextEncoder().encode("eth0")]]] }),
  blocks.described({ linkType: 101, resolution: 0x8a, offset: YEAR_2200 }),
  ...[1001, 1002].flatMap((port, i) => [
    blocks.enhanced(ethernet(segment(port, SYN)), { time: YEAR_2200 * 1_000_000n + BigInt(i) }),
    blocks.enhanced(segment(port, ACK), { source: 1, time: 512n }),
  ]),
);

/** The counts of each record. */
function counts(out: string): unknown[] {
  return results(out)
    .map(({ sp, pkt_first, pkt_last, pkt_fwd }) => [sp, pkt_first, pkt_last, pkt_fwd])
    .sort();
}

const EXPECTED = [
  [1001, 7_258_118_400, 7_258_118_400.5, 2],
  [1002, 7_258_118_400.000001, 7_258_118_400.5, 2],
];

Deno.test("a flow has packets of interfaces of several link types, in the year 2200", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcapng", FILE);
  const stats = folder.at("stats.json");
  const { code, out, err } = await inProcess(["observe", "-i", path, "--stats", stats]);
  assertEquals([code, err], [0, "4 packets, 2 flows\n"]);
  assertEquals(counts(out), EXPECTED);
  assertMatch(out, /"pkt_first":7258118400\.000001,"pkt_last":7258118400\.500000/);
  const found = JSON.parse(folder.text("stats.json"));
  assertEquals([found.link_type, found.last_packet], ["EN10MB, RAW", 7_258_118_400.5]);
  assertEquals(
    found.interfaces.map(({ name, link_type, packets }: Record<string, unknown>) => [
      name,
      link_type,
      packets,
    ]),
    [["eth0", "EN10MB", 2], [null, "RAW", 2]],
  );
});

Deno.test("a filter, limits and --write on two link types: what is kept is read the same", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcapng", FILE);
  const kept = folder.at("kept.pcapng");
  const cases: [string[], unknown[]][] = [
    [[], EXPECTED],
    [["--filter", "tcp src port 1002"], EXPECTED.slice(1)],
    [["--count", "2"], EXPECTED.slice(0, 1)],
    [["--duration", "0.4"], [[1001, 7_258_118_400, 7_258_118_400, 1]]],
    [
      ["--filter", "ether src 00:00:00:00:00:00"],
      EXPECTED.map(([port, first]) => [port, first, first, 1]),
    ],
  ];
  for (const [args, expected] of cases) {
    const direct = await inProcess(["observe", "-i", path, "--write", kept, ...args]);
    assertEquals([direct.code, counts(direct.out)], [0, expected], args.join(" "));
    const again = await inProcess(["observe", "-i", kept]);
    assertEquals(counts(again.out), expected);
  }
  const filter = ["--filter", "ether src 00:00:00:00:00:00"];
  const { err } = await inProcess(["observe", "-i", path, ...filter]);
  assertMatch(err, /\nthe filter lets no packet of link type RAW \(101\) through: .*\.\n$/);
});

Deno.test("a filter that is for some interfaces alone is taken, and told of the others' packets", async () => {
  using folder = new Folder();
  const nflog = 239; // for which libpcap has no filters on protocols
  const begin = join(
    blocks.section(),
    blocks.described({ linkType: nflog }),
    blocks.described(),
    blocks.enhanced(ethernet(segment(1, SYN)), { source: 1 }),
  );
  const without = folder.put("a.pcapng", begin);
  const packet = blocks.enhanced(segment(1, SYN), { source: 0 });
  const path = folder.put("b.pcapng", join(begin, packet));
  const filter = ["--filter", "tcp"];
  const none = await inProcess(["observe", "-i", without, ...filter]);
  assertEquals([none.code, none.err], [0, "1 packet, 1 flow\n"]);
  const some = await inProcess(["observe", "-i", path, ...filter]);
  assertEquals(some.code, 0);
  assertMatch(some.err, /^1 packet, 1 flow\nthe filter lets no packet of link type NFLOG \(239\)/);
  const wrong = await inProcess(["observe", "-i", path, "--filter", "tcp and ("]);
  assertEquals(wrong.code, 1);
  assertMatch(wrong.err, /the filter "tcp and \(" is not understood/);
});

Deno.test("--write to pcap refuses what it cannot hold, and says where it can go", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcapng", FILE);
  const { code, err } = await inProcess(["observe", "-i", path, "--write", folder.at("kept.pcap")]);
  assertEquals(code, 1);
  assertMatch(
    err,
    /spider: a pcap file cannot hold .*: write to a name that ends in .pcapng, which can\n$/,
  );
});

Deno.test("pcapng through a pipe that gives some octets at a time", async () => {
  const child = start(["observe", "-i", "-"]);
  const ended = outcome(child);
  const writer = child.stdin.getWriter();
  for (let at = 0; at < FILE.length; at += 50) await writer.write(FILE.slice(at, at + 50));
  await writer.close();
  const { code, out, err } = await ended;
  assertEquals([code, err], [0, "4 packets, 2 flows\n"]);
  assertEquals(counts(out), EXPECTED);
});

Deno.test("packets of link types that are not read are told in few words, however many types", async () => {
  using folder = new Folder();
  const types = Array.from({ length: 300 }, (_, i) => 400 + i);
  const file = join(
    blocks.section(),
    blocks.described(),
    blocks.described({ options: [[9, [6, 6]]] }),
    ...types.map((linkType) => blocks.described({ linkType })),
    ...[1, ...types].map((_, i) => blocks.enhanced(ethernet(segment(1, SYN)), { source: i + 1 })),
    blocks.enhanced(ethernet(segment(1, SYN))),
  );
  const path = folder.put("a.pcapng", file);
  const { code, err } = await inProcess(["observe", "-i", path]);
  const lines = err.split("\n");
  assertEquals(code, 0);
  assertEquals([lines[0], lines[2], lines[3], ...lines.slice(18)], [
    "302 packets, 1 flow, 301 unread link, 1 damaged",
    "1 packet of an unknown link type could not be read.",
    "1 packet of link type 400 could not be read.",
    "packets of 285 more link types could not be read.",
    "",
  ]);
  const filtered = await inProcess(["observe", "-i", path, "--filter", "tcp"]);
  assertEquals([filtered.code, filtered.err.split("\n").length], [0, 20]);
  assertMatch(filtered.err, /\nthe filter lets no packet of 285 more link types through\.\n$/);
});
