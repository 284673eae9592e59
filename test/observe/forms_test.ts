import { assert, assertEquals, assertMatch } from "@std/assert";
import { PACKINGS } from "../../src/host/packing.ts";
import { Blocks } from "../data/blocks.ts";
import { type NgInterface, packed, pcap, pcapng } from "../data/captures.ts";
import {
  ethernet,
  type Frame,
  ip4,
  ip6,
  join,
  loopback,
  sll,
  sll2,
  SYN,
  tcp,
} from "../data/packets.ts";
import { inProcess } from "../in_process.ts";
import { outcome, results, spider, start } from "../spider.ts";
import { StreamText } from "../stream_text.ts";

const PACKETS = [
  ip4(tcp({ source: 1001, flags: SYN })),
  ip6(tcp({ source: 1002, flags: SYN })),
  ip4(tcp({ source: 1003, payload: new Uint8Array(99) })),
];

function frames(link: (packet: Uint8Array<ArrayBuffer>) => Uint8Array): Frame[] {
  return PACKETS.map((packet, at) => ({ time: 1_700_000_000.123456 + at, data: link(packet) }));
}

const FRAMES = frames((packet) => ethernet(packet));

/** More packets than are read from a pipe at once, and no multiple of that. */
const MANY = 300;

/** Enough that every program unpacks it in several pieces. */
const MANY_FLOWS = Array.from({ length: 12_000 }, (_, at) => ({
  time: 1_700_000_000 + at / 1000,
  data: ethernet(ip4(tcp({ source: 1 + at, sequence: at * 7919 }))),
}));

/** Options by which blocks are small. */
const SMALL_BLOCKS: Readonly<Record<string, readonly string[]>> = {
  bzip2: ["-1"],
  lz4: ["-B4"],
  xz: ["--block-size=100000"],
};

type Reasons = Readonly<Record<(typeof PACKINGS)[number]["name"], RegExp>>;

/** What each program says of data that ends early. */
const CUT: Reasons = {
  gzip: /unexpected end of file/,
  zstd: /Read error \(39\) : premature end/,
  xz: /Unexpected end of input/,
  bzip2: /Compressed file ends unexpectedly/,
  lz4: /Error \d+ : (Unfinished stream|Read error)/,
};

/** What it says of data of which some is wrong. */
const DAMAGED: Reasons = {
  gzip: /invalid compressed data--(crc|format|length) .*/,
  zstd: /Decoding error \(36\) : .+/,
  xz: /Compressed data is corrupt/,
  bzip2: /Data integrity error when decompressing\./,
  lz4: /Error \d+ : Decompression error : ERROR_.+/,
};

/** A file for the time of a test. */
async function withFile(
  content: Uint8Array,
  test: (path: string) => Promise<void>,
  suffix = ".pcap",
): Promise<void> {
  const path = Deno.makeTempFileSync({ suffix });
  try {
    Deno.writeFileSync(path, content);
    await test(path);
  } finally {
    Deno.removeSync(path);
  }
}

/** What the program makes of a file, which it must read without a fault. */
async function recordsOf(content: Uint8Array): Promise<string> {
  let text = "";
  await withFile(content, async (path) => {
    const { code, out, err } = await inProcess(["observe", "-i", path, "tcp"]);
    assertEquals([code, err], [0, "3 packets, 3 flows\n"]);
    text = out;
  });
  return text;
}

Deno.test("equal packets give equal records in every form of file", async () => {
  const expected = await recordsOf(pcap(FRAMES));
  assertEquals(results(expected).map(({ pkt_first }) => pkt_first).sort(), [
    1_700_000_000.123456,
    1_700_000_001.123456,
    1_700_000_002.123456,
  ]);
  const octets = [pcap, pcapng].flatMap((build) =>
    [false, true].flatMap((bigEndian) =>
      [false, true].map((nanoseconds) => build(FRAMES, { bigEndian, nanoseconds }))
    )
  );
  octets.push(pcapng(FRAMES, { interfaces: [{}, {}] }));
  for (const file of octets) {
    assertEquals(await recordsOf(file), expected);
  }
});

Deno.test("equal packets give equal records on every link type", async () => {
  const expected = await recordsOf(pcap(FRAMES));
  const links: [number, (packet: Uint8Array<ArrayBuffer>) => Uint8Array][] = [
    [0, (packet) => loopback(packet, packet[0]! >> 4 === 4 ? 2 : 30, false)],
    [0, (packet) => loopback(packet, packet[0]! >> 4 === 4 ? 2 : 10, true)],
    [101, (packet) => packet],
    [108, (packet) => loopback(packet, packet[0]! >> 4 === 4 ? 2 : 24, true)],
    [113, (packet) => sll(packet)],
    [276, (packet) => sll2(packet)],
  ];
  for (const [linkType, link] of links) {
    assertEquals(await recordsOf(pcap(frames(link), { linkType })), expected, `${linkType}`);
    assertEquals(await recordsOf(pcapng(frames(link), { interfaces: [{ linkType }] })), expected);
  }
});

Deno.test("packets of a link type that is not read are refused, or counted beside others", async () => {
  const other = (interfaces: readonly NgInterface[]) => pcapng(FRAMES, { interfaces });
  const refused = (packets: string) =>
    new RegExp(
      `${packets}\nspider: packets of link type USB_LINUX \\(189\\) cannot be read: .*\n$`,
    );
  const unread = "\n3 packets of link type USB_LINUX \\(189\\) could not be read\\.";
  const cases: [Uint8Array, number, RegExp][] = [
    [pcap([], { linkType: 189 }), 1, refused("0 packets, 0 flows")],
    [pcap(FRAMES, { linkType: 189 }), 1, refused(unread)],
    [other([{ linkType: 189 }]), 1, refused(unread)],
    [
      other([{}, { linkType: 189 }]),
      0,
      /^3 packets, 2 flows, 1 unread link\n1 packet of link type USB_LINUX \(189\) could .*\.\n$/,
    ],
  ];
  for (const [content, status, message] of cases) {
    await withFile(content, async (path) => {
      const { code, err } = await inProcess(["observe", "-i", path]);
      assertEquals(code, status);
      assertMatch(err, message);
    });
  }
});

Deno.test("interfaces of different link types and snapshot lengths are read, also those without packets", async () => {
  const expected = await recordsOf(pcap(FRAMES));
  const mixed = FRAMES.map((frame, at) =>
    at === 1 ? { ...frame, data: frame.data.subarray(14) } : frame
  );
  const files = [
    pcapng(mixed, { interfaces: [{}, { linkType: 101 }, { snaplen: 150 }] }),
    join(pcapng(FRAMES), new Blocks().described({ linkType: 127 })),
  ];
  for (const file of files) assertEquals(await recordsOf(file), expected);
});

for (const { name, suffix } of PACKINGS) {
  Deno.test(`what ${name} has packed is read, whatever the name says`, async () => {
    const expected = await recordsOf(pcap(FRAMES));
    for (const build of [pcap, pcapng]) {
      assertEquals(await recordsOf(await packed(name, build(FRAMES))), expected);
    }
  });

  Deno.test(`${name} data that is cut or damaged says so, and gives what came before`, async () => {
    const whole = await packed(name, pcap(MANY_FLOWS), ...SMALL_BLOCKS[name] ?? []);
    const wrong = whole.slice();
    wrong.fill(0x55, wrong.length * 0.9, wrong.length * 0.9 + 8);
    const cases: [Uint8Array, RegExp][] = [
      [whole.subarray(0, whole.length * 0.9), CUT[name]],
      [wrong, DAMAGED[name]],
    ];
    for (const [content, reason] of cases) {
      await withFile(content, async (path) => {
        const { code, out, err } = await inProcess(["observe", "-i", path]);
        assertEquals(code, 1);
        assertMatch(err, new RegExp(`breaks off: its ${name} data is damaged: ${reason.source};`));
        assert(results(out).length > 2000, `${results(out).length}`);
      }, `.pcap${suffix}`);
    }
    await withFile(whole.subarray(0, 12), async (path) => {
      const { code, err } = await inProcess(["observe", "-i", path]);
      assertEquals(code, 1);
      assertMatch(err, new RegExp(`cannot be read as a capture: its ${name} data is damaged: `));
    });
  });
}

Deno.test("without its program, a packed capture is refused with what to do", async () => {
  await withFile(await packed("xz", pcap(FRAMES)), async (path) => {
    const within = (line: readonly string[]) => ["env", "PATH=/nowhere", ...line];
    const { code, err } = await spider(["observe", "-i", path], { within });
    const message = "spider: xz is not installed: install it (Debian: apt install xz-utils), " +
      "or unpack the capture first\n";
    assertEquals([code, err], [1, message]);
  });
});

Deno.test("a packed capture whose pipe gives octet by octet is known for one", async () => {
  const expected = await recordsOf(pcap(FRAMES));
  const child = start(["observe", "-i", "-", "tcp"]);
  const ended = outcome(child);
  const writer = child.stdin.getWriter();
  for (const octet of await packed("xz", pcap(FRAMES))) {
    await writer.write(new Uint8Array([octet]));
  }
  await writer.close();
  assertEquals(await ended, { code: 0, out: expected, err: "3 packets, 3 flows\n" });
});

Deno.test("standard input, a pipe or a file, packed or not", async () => {
  const expected = await recordsOf(pcap(FRAMES));
  for (const content of [pcapng(FRAMES), await packed("zstd", pcapng(FRAMES))]) {
    const child = start(["observe", "-i", "-", "tcp"]);
    const ended = outcome(child);
    const writer = child.stdin.getWriter();
    await writer.write(content);
    await writer.close();
    assertEquals(await ended, { code: 0, out: expected, err: "3 packets, 3 flows\n" });
  }
  const empty = await spider(["observe", "-i", "-"]);
  assertEquals(empty.code, 1);
  assertMatch(empty.err, /^spider: standard input cannot be read as a capture: .*\n$/);
});

Deno.test("a pipe that falls silent does not keep the program from ending", async () => {
  const child = start(["observe", "-i", "-"]);
  const [out, err] = [new StreamText(child.stdout), new StreamText(child.stderr)];
  const writer = child.stdin.getWriter();
  // The first flows are over by the time of the last one, of which there are more than are read at once
  const last = { ...FRAMES[0]!, time: FRAMES[0]!.time + 3600 };
  await writer.write(pcap([...FRAMES, ...Array.from({ length: MANY }, () => last)]));
  await out.until(/^(.+\n){3}/);
  child.kill("SIGTERM");
  const [records, counts, { code }] = await Promise.all([out.all(), err.all(), child.status]);
  const all = `${FRAMES.length + MANY} packets, 4 flows, interrupted\n`;
  assertEquals([code, results(records).length, counts], [130, 4, all]);
  await writer.close().catch(() => {}); // nobody reads it any more
});
