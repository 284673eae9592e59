import { assertEquals, assertMatch } from "@std/assert";
import { Blocks, type Description } from "../../data/blocks.ts";
import { filePackets } from "../../data/file_packets.ts";
import { ethernet, ip4, join, SYN, tcp, udp } from "../../data/packets.ts";

const little = new Blocks();
const FRAME = ethernet(ip4(tcp({ flags: SYN })));
const SECOND = 1_000_000_000n;

/** The time of one packet on an interface, in nanoseconds. */
function timeOf(time: bigint, about: Description, blocks = little): bigint | null {
  const packet = blocks.enhanced(FRAME, { time });
  const { packets, counters } = filePackets(
    join(blocks.section(), blocks.described(about), packet),
  );
  if (packets.length === 0) assertEquals(counters.unusable_time, 1);
  return packets[0]?.time ?? null;
}

Deno.test("times by an interface's resolution, of powers of ten and of two, cut off below", () => {
  const cases: [bigint, number | undefined, bigint][] = [
    [1_700_000_000_123_456n, undefined, 1_700_000_000_123_456_000n],
    [1_700_000_000n, 0, 1_700_000_000n * SECOND],
    [1_700_000_000_123n, 3, 1_700_000_000_123_000_000n],
    [1_700_000_000_123_456n, 6, 1_700_000_000_123_456_000n],
    [1_700_000_000_123_456_789n, 9, 1_700_000_000_123_456_789n],
    [17_000_000_001_234_567_899n, 10, 1_700_000_000_123_456_789n],
    [1_700_000_000_123_456_999n, 12, 1_700_000_000_123_456n],
    [2n ** 64n - 1n, 28, 1n],
    [2n ** 64n - 1n, 127, 0n],
    [1_700_000_000n, 0x80, 1_700_000_000n * SECOND],
    [1_700_000_000n << 10n | 1n, 0x8a, 1_700_000_000_000_976_562n],
    [1_700_000_000n << 31n | 1n << 30n, 0x9f, 1_700_000_000_500_000_000n],
    [1_700_000_000n << 32n | 0xffff_ffffn, 0xa0, 1_700_000_000_999_999_999n],
    [(1n << 63n) - 1n, 0xbf, 999_999_999n],
    [2n ** 64n - 1n, 0xc0, 999_999_999n],
    [2n ** 64n - 1n, 0xe0, 0n],
    [2n ** 64n - 1n, 0xff, 0n],
  ];
  for (const [units, resolution, expected] of cases) {
    const about = resolution === undefined ? {} : { resolution };
    for (const blocks of [little, new Blocks(true)]) {
      assertEquals(timeOf(units, about, blocks), expected, `${units} ${resolution}`);
    }
  }
});

Deno.test("offsets in seconds, and times that are not between 1970 and 2262", () => {
  const YEAR_2200 = 7_258_118_400n;
  const cases: [bigint, Description, bigint | null][] = [
    [5n, { offset: 1_700_000_000n }, 1_700_000_000n * SECOND + 5000n],
    [5_000_000n, { offset: -3n }, 2n * SECOND],
    [5_000_000n, { offset: -6n }, null],
    [YEAR_2200 * 1_000_000n, {}, YEAR_2200 * SECOND],
    [0n, { offset: YEAR_2200 }, YEAR_2200 * SECOND],
    [(1n << 63n) - 1n, { resolution: 9 }, (1n << 63n) - 1n],
    [1n << 63n, { resolution: 9 }, null],
    [(1n << 63n) - 1n, { resolution: 9, offset: 1n }, null],
    [9_300_000_000n, { resolution: 0 }, null],
    [9_300_000_000n << 1n, { resolution: 0x81 }, null],
    [2n ** 64n - 1n, { resolution: 0 }, null],
    [2n ** 64n - 1n, { resolution: 0x80 }, null],
  ];
  for (const [units, about, expected] of cases) {
    assertEquals(timeOf(units, about), expected, `${units} ${expected}`);
  }
});

Deno.test("three kinds of blocks carry packets, in sections of either byte order, of several link types", () => {
  const raw = ip4(udp(new Uint8Array(3)));
  const section = (blocks: Blocks) =>
    join(
      blocks.section(),
      blocks.described({ snaplen: 40 }),
      blocks.simple(FRAME.subarray(0, 40), FRAME.length),
      blocks.described({ linkType: 101, resolution: 9 }),
      blocks.enhanced(raw, { source: 1, time: 7n, wire: 1500, options: [[1, [65, 66, 67]]] }),
      blocks.simple(FRAME.subarray(0, 39), 39),
      blocks.block(4, new Uint8Array(20)),
      blocks.obsolete(FRAME, { source: 0, time: 8n }),
      blocks.block(0xbad, new Uint8Array(5000)),
    );
  const expected = [
    { time: 0n, linkType: 1, frame: FRAME.slice(0, 40), wire: FRAME.length },
    { time: 7n, linkType: 101, frame: raw, wire: 1500 },
    { time: 7n, linkType: 1, frame: FRAME.slice(0, 39), wire: 39 },
    { time: 8000n, linkType: 1, frame: FRAME, wire: FRAME.length },
  ];
  for (const bigEndian of [false, true]) {
    const file = join(section(new Blocks(bigEndian)), section(new Blocks(!bigEndian)));
    const { packets, fault, counters, interfaces } = filePackets(file);
    // A simple packet block has no time: it has that of the packet before it
    assertEquals(packets, [...expected, { ...expected[0]!, time: 8000n }, ...expected.slice(1)]);
    assertEquals([fault, Object.values(counters)], [null, [0, 0, 0]]);
    assertEquals(interfaces.map(({ linkType, packets }) => [linkType, packets]), [[1, 6], [
      101,
      2,
    ]]);
  }
});

Deno.test("names, filters and drops of interfaces, the last word of each", () => {
  const text = (words: string) => new TextEncoder().encode(words);
  const about: Description = {
    options: [[2, text("eth0")], [1, text("a comment")], [11, text("\0tcp port 80")], [2988, [1]]],
  };
  const drops = (count: bigint) => [[4, little.u64(9n)], [5, little.u64(count)]] as const;
  const one = join(
    ...[little.section(), little.described(about), little.described({ linkType: 101 })],
    little.statistics(0, drops(3n)),
    little.enhanced(FRAME),
    little.statistics(0, [...drops(5n), [7, little.u64(2n)]]),
  );
  const long = { options: [[2, new Uint8Array(60_000).fill(65)]] } as const;
  const { interfaces, counters } = filePackets(
    join(one, one, little.section(), little.described(long)),
  );
  assertEquals(counters.damaged, 0);
  assertEquals(
    interfaces.map((one) => [
      one.name,
      one.filter,
      one.comment,
      one.packets,
      one.droppedByInterface,
      one.droppedBySystem,
    ]),
    [
      ["eth0", "tcp port 80", "a comment", 2, 10, 4],
      [null, null, null, 0, null, null],
      ["A".repeat(256), null, null, 0, null, null],
    ],
  );
});

Deno.test("of very many interfaces some are described, the others counted, and all are read", () => {
  const sections = Array.from({ length: 1100 }, (_, i) =>
    join(
      little.section(),
      little.described({ snaplen: 1000 + i }),
      little.enhanced(FRAME, { time: BigInt(i) }),
    ));
  const { packets, interfaces, remarks } = filePackets(join(...sections));
  assertEquals([packets.length, interfaces.length], [1100, 1024]);
  assertEquals(remarks, ["76 more interfaces are not in the statistics"]);
  const one = little.described();
  const many = new Uint8Array(65_537 * one.length).map((_, i) => one[i % one.length]!);
  const { fault } = filePackets(join(little.section(), many));
  assertEquals(fault, "a section has more than 65,536 interfaces");
});

Deno.test("a filter is compiled for each link type, and says where it lets nothing through", () => {
  const raw = (source: number) => ip4(tcp({ source }));
  const file = join(
    little.section(),
    little.described(),
    little.described({ linkType: 101 }),
    ...[1, 2, 3].flatMap((port) => [
      little.enhanced(ethernet(raw(port))),
      little.enhanced(raw(port), { source: 1 }),
    ]),
  );
  const ports = (filter: string) =>
    filePackets(file, filter).packets.map(({ linkType, frame }) => {
      const at = (linkType === 1 ? 14 : 0) + 20;
      return [linkType, frame[at]! << 8 | frame[at + 1]!];
    });
  assertEquals(ports("src port 2"), [[1, 2], [101, 2]]);
  assertEquals(ports("not src port 2"), [[1, 1], [101, 1], [1, 3], [101, 3]]);
  assertEquals(ports("ether[0] = 0 and src port 3"), [[1, 3]]);
});

Deno.test("a file of many chunks: every packet once, also where a chunk ends within it", () => {
  const frames = Array.from({ length: 9000 }, (_, i) => {
    const payload = new Uint8Array(i % 61);
    return ethernet(ip4(tcp({ sequence: i, payload })));
  });
  const blocks = frames.map((frame, i) => little.enhanced(frame, { time: BigInt(i) }));
  const skipped = little.block(0xbad, new Uint8Array(2 << 20));
  const file = join(
    ...[little.section(), little.described(), ...blocks.slice(0, 5000), skipped],
    ...blocks.slice(5000),
  );
  const { packets, fault, counters } = filePackets(file);
  assertEquals([fault, packets.length, counters.damaged], [null, frames.length, 0]);
  packets.forEach(({ time, frame }, i) => {
    if (time !== BigInt(i) * 1000n || frame.length !== frames[i]!.length) assertEquals(i, -1);
  });
  const cut = filePackets(join(little.section(), skipped).subarray(0, 1 << 20));
  assertMatch(cut.fault!, /^it ends in the middle of a block$/);
});
