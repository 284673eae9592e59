import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { NO_LINK_TYPE } from "../../../src/host/link_type.ts";
import { FILE_INPUT, FileReader } from "../../../src/observe/file/reader.ts";
import { Blocks } from "../../data/blocks.ts";
import { pcap } from "../../data/captures.ts";
import { flowTable } from "../../data/dissect.ts";
import { filePackets } from "../../data/file_packets.ts";
import { ethernet, ip4, join, SYN, tcp } from "../../data/packets.ts";
import { Folder } from "../../data/temporary.ts";
import { inProcess } from "../../in_process.ts";
import { results } from "../../spider.ts";

const blocks = new Blocks();
const FRAME = ethernet(ip4(tcp({ flags: SYN })));
const BEGIN = join(blocks.section(), blocks.described());
const packet = blocks.enhanced(FRAME, { time: 1n });
/** A block whose type is that of an enhanced packet. */
const enhanced = (body: Uint8Array, lengths = {}) => blocks.block(6, body, lengths);
const body = packet.subarray(8, packet.length - 4);

Deno.test("where lengths contradict each other reading ends, with all that came before", () => {
  const cases: [Uint8Array, RegExp][] = [
    [enhanced(body, { length: 8 }), /^the block at octet 136 says that it has 8 octets: .*words$/],
    [enhanced(body, { length: 0 }), /says that it has 0 octets/],
    [enhanced(body, { length: 30 }), /says that it has 30 octets/],
    [enhanced(body, { again: 84 }), /begins with a length of 88 octets, and ends with one of 84$/],
    [
      enhanced(body, { length: 0xffff_fffc }),
      /has 4,294,967,292 octets, more than one of its kind/,
    ],
    [packet.subarray(0, 87), /^it ends in the middle of the block at octet 136$/],
    [packet.subarray(0, 3), /^it ends in the middle of the block at octet 136$/],
    [join(blocks.section().fill(7, 8, 12)), /^the section at octet 136 has no byte order$/],
    [blocks.section(2), /^it has a section of version 2 of pcapng/],
    [blocks.block(0x0a0d0d0a, blocks.u32(0x1a2b3c4d)), /section header is too short/],
  ];
  for (const [wrong, message] of cases) {
    // Whatever follows is not read
    const whole = wrong.length >= 16 && !message.source.includes("middle");
    const file = join(BEGIN, packet, wrong, ...whole ? [packet, packet] : []);
    const { packets, fault } = filePackets(file);
    assertEquals(packets.map(({ time }) => time), [1000n], message.source);
    assertMatch(fault ?? "", message);
  }
});

Deno.test("where a body contradicts itself the block is passed over, counted and named", () => {
  const damaged = { damaged: 1, unknown_interface: 0, unusable_time: 0 };
  const unknown = { damaged: 0, unknown_interface: 1, unusable_time: 0 };
  const badOption = join(blocks.u16(2), blocks.u16(9), blocks.u32(0));
  const cases: [Uint8Array, Readonly<Record<string, number>>, RegExp][] = [
    [
      blocks.enhanced(FRAME, { captured: 57 }),
      damaged,
      /^the block at octet 136 contradicts itself$/,
    ],
    [blocks.enhanced(FRAME, { captured: 0xffff_ffff }), damaged, /contradicts itself/],
    [enhanced(body.subarray(0, 16)), damaged, /contradicts itself/],
    [blocks.simple(FRAME, 57), damaged, /contradicts itself/],
    [blocks.block(3, new Uint8Array()), damaged, /contradicts itself/],
    [blocks.block(1, new Uint8Array(4)), damaged, /contradicts itself/],
    [blocks.block(1, join(new Uint8Array(8), badOption)), damaged, /contradicts itself/],
    [blocks.block(5, new Uint8Array(4)), damaged, /contradicts itself/],
    [blocks.statistics(9, []), damaged, /contradicts itself/],
    [blocks.statistics(0, [[5, Array(8).fill(0xff)]]), damaged, /contradicts itself/],
    [blocks.enhanced(FRAME, { source: 1 }), unknown, /^the packet at octet 136 is of an interface/],
    [blocks.obsolete(FRAME, { source: 0xffff }), unknown, /is of an interface that/],
    [
      blocks.enhanced(FRAME, { time: -1n }),
      { damaged: 0, unknown_interface: 0, unusable_time: 1 },
      /^the packet at octet 136 has a time that is not between 1970 and 2262$/,
    ],
  ];
  for (const [wrong, counters, remark] of cases) {
    const found = filePackets(join(BEGIN, packet, wrong, packet));
    assertEquals(found.packets.length, 2, remark.source);
    assertEquals([found.fault, found.counters], [null, counters]);
    assertEquals(found.remarks.length, 1);
    assertMatch(found.remarks[0]!, remark);
  }
});

Deno.test("nothing is read on an interface whose description contradicts itself; numbers stay right", () => {
  const bad = [
    blocks.described({ options: [[9, [6, 6]]] }),
    blocks.described({ options: [[14, [1, 2, 3, 4]]] }),
    blocks.described({ offset: 1n << 62n }),
  ];
  for (const wrong of bad) {
    const file = join(
      blocks.section(),
      wrong,
      blocks.described({ linkType: 101 }),
      blocks.enhanced(FRAME),
      blocks.enhanced(FRAME.subarray(14), { source: 1 }),
    );
    const { packets, counters, interfaces } = filePackets(file);
    assertEquals([packets.map(({ linkType }) => linkType), counters.damaged], [
      [NO_LINK_TYPE, 101],
      1,
    ]);
    assertEquals(interfaces.map(({ packets }) => packets), [1, 1]);
  }
});

Deno.test("a pcap file that breaks off, lies about a packet, or is of another version", () => {
  const whole = pcap([1, 2].map((time) => ({ time, data: FRAME })));
  const lies = whole.slice();
  lies.set([0, 0, 0, 1], whole.length - FRAME.length - 8);
  const cases: [Uint8Array, RegExp][] = [
    [whole.subarray(0, -1), /^it ends in the middle of a packet$/],
    [whole.subarray(0, 24 + 16 + FRAME.length + 3), /^it ends in the middle of a packet$/],
    [lies, /^the packet at octet 94 says that it has 16,777,216 octets, more than any may have$/],
  ];
  for (const [octets, message] of cases) {
    const { packets, fault } = filePackets(octets);
    assertEquals(packets.length, 1);
    assertMatch(fault ?? "", message);
  }
  assertThrows(() => filePackets(whole.slice(0, 20)), Failure, "it ends within its header");
  assertThrows(() => filePackets(whole.with(4, 3)), Failure, "version 3.4 of pcap");
  assertThrows(() => filePackets(new Uint8Array()), Failure, "it is empty");
});

Deno.test("what cannot be read is one clear sentence", () => {
  // Its first octets are of no memory: a read fails (proc(5))
  const open = () => FileReader.open("/proc/self/mem", flowTable({ input: FILE_INPUT }));
  assertThrows(open, Failure, "/proc/self/mem cannot be read as a capture: it cannot be read on: ");
});

Deno.test("observe tells what was passed over in the file, and counts it in the statistics", async () => {
  using folder = new Folder();
  const file = join(
    BEGIN,
    packet,
    blocks.enhanced(FRAME, { source: 4 }),
    enhanced(body.subarray(4)),
  );
  const path = folder.put("a.pcapng", file);
  const args = ["observe", "-i", path, "--stats", folder.at("stats.json")];
  const { code, out, err } = await inProcess(args);
  assertEquals([code, results(out).length], [0, 1]);
  assertEquals(err.split("\n"), [
    "1 packet, 1 flow, 1 damaged, 1 unknown interface",
    "the packet at octet 136 is of an interface that the file does not describe.",
    "the block at octet 224 contradicts itself.",
    "",
  ]);
  const found = JSON.parse(folder.text("stats.json"));
  assertEquals([found.damaged, found.unknown_interface, found.remarks.length], [1, 1, 2]);
  assertEquals(found.interfaces[0].packets, 1);
  const cut = await inProcess(["observe", "-i", folder.put("b.pcapng", file.subarray(0, -1))]);
  assertEquals([cut.code, results(cut.out).length], [1, 1]);
  assertMatch(
    cut.err,
    /spider: .*b.pcapng breaks off: it ends in the middle of the block at octet/,
  );
  assert(!cut.err.includes("contradicts"));
});
