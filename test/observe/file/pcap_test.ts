import { assertEquals } from "@std/assert";
import { pcap } from "../../data/captures.ts";
import { filePackets } from "../../data/file_packets.ts";
import { ethernet, ip4, join, tcp } from "../../data/packets.ts";

const FRAMES = [0, 1, 2].map((i) => ({
  time: 1_700_000_000 + i / 4,
  data: ethernet(ip4(tcp({ sequence: i, payload: new Uint8Array(i) }))),
  wire: 100 + i,
}));

const EXPECTED = FRAMES.map(({ time, data, wire }) => ({
  time: BigInt(time * 100) * 10_000_000n,
  linkType: 1,
  frame: data,
  wire,
}));

Deno.test("records in either byte order, with times in micro- and nanoseconds, to 2106", () => {
  for (const bigEndian of [false, true]) {
    for (const nanoseconds of [false, true]) {
      const { packets, fault } = filePackets(pcap(FRAMES, { bigEndian, nanoseconds }));
      assertEquals([packets, fault], [EXPECTED, null]);
    }
    const last = { ...FRAMES[0]!, time: 2 ** 32 - 1 };
    const { packets: [packet] } = filePackets(pcap([last], { bigEndian }));
    assertEquals(packet?.time, 4_294_967_295_000_000_000n);
  }
});

Deno.test("records that have eight octets more before each packet, as some Linux wrote them", () => {
  for (const bigEndian of [false, true]) {
    const usual = pcap(FRAMES, { bigEndian });
    const magic = [0xa1, 0xb2, 0xcd, 0x34];
    const parts: Uint8Array[] = [Uint8Array.from(bigEndian ? magic : magic.reverse())];
    parts.push(usual.subarray(4, 24));
    let at = 24;
    for (const { data } of FRAMES) {
      const end = at + 16 + data.length;
      parts.push(usual.subarray(at, at + 16), Uint8Array.of(0, 0, 0, 2, 8, 0, 4, 0));
      parts.push(usual.subarray(at + 16, end));
      at = end;
    }
    const { packets, fault } = filePackets(join(...parts));
    assertEquals([packets, fault], [EXPECTED, null]);
    assertEquals(filePackets(join(...parts).subarray(0, -1)).packets.length, 2);
  }
});

Deno.test("how long the frame check sequence is does not change the link type, nor does no snapshot length", () => {
  const file = pcap(FRAMES);
  file.set([0x14], 27 - 4); // four octets, and that it says so
  file.fill(0, 16, 20);
  const { packets, interfaces } = filePackets(file);
  assertEquals([packets, interfaces[0]?.snaplen], [EXPECTED, 262_144]);
});
