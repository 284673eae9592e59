import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { packetsOf } from "../../src/observe/records.ts";
import { PcapWriter } from "../../src/result/pcap.ts";
import { PcapngWriter } from "../../src/result/pcapng.ts";
import { filePackets } from "../data/file_packets.ts";
import { ethernet, ip4, records, tcp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";

const FRAMES = [0, 1, 2, 3].map((at) => ({
  time: 1_700_000_000 + at / 8,
  data: ethernet(ip4(tcp({ sequence: at, payload: new Uint8Array(at) }))),
  ...at === 3 ? { wire: 9000 } : {},
}));

const EXPECTED = FRAMES.map(({ time, data, wire }) => ({
  time: BigInt(time * 1000) * 1_000_000n,
  linkType: 1,
  frame: data,
  wire: wire ?? data.length,
}));

const ETH0 = { linkType: 1, snaplen: 65_535, name: "eth0" };
/** As libpcap's calls number raw IP; files have another number for it. */
const TUN0 = { linkType: 12, snaplen: 96, name: "tun0" };

Deno.test("packets are read back as they were written, with their times and what was cut", () => {
  using folder = new Folder();
  const path = folder.at("a.pcapng");
  const writer = new PcapngWriter(path);
  writer.write(packetsOf(records(FRAMES.slice(0, 3)), 1, ETH0));
  writer.write(packetsOf(records(FRAMES.slice(3)), 1, ETH0));
  writer.close(5);
  const { packets, interfaces, fault } = filePackets(Deno.readFileSync(path));
  assertEquals([packets, fault], [EXPECTED, null]);
  assertEquals(
    interfaces.map(({ name, snaplen, droppedByInterface }) => [
      name,
      snaplen,
      droppedByInterface,
    ]),
    [["eth0", 65_535, 5]],
  );
});

Deno.test("packets of several interfaces, in pcapng, and not in pcap", () => {
  using folder = new Folder();
  const two = (i: number) => [ETH0, TUN0][i % 2]!;
  const written = { ...packetsOf(records(FRAMES), 1, ETH0), seenOn: two };
  const writer = new PcapngWriter(folder.at("a.pcapng"));
  writer.write(written);
  writer.close();
  const { packets, interfaces } = filePackets(Deno.readFileSync(folder.at("a.pcapng")));
  assertEquals(packets, EXPECTED.map((one, i) => ({ ...one, linkType: [1, 101][i % 2]! })));
  assertEquals(interfaces.map(({ name, linkType, packets }) => [name, linkType, packets]), [
    ["eth0", 1, 2],
    ["tun0", 101, 2],
  ]);
  const classic = new PcapWriter(folder.at("a.pcap"), []);
  assertThrows(() => classic.write(written), Failure, "two link types, EN10MB and RAW");
  classic.close();
  const { packets: first, interfaces: [only] } = filePackets(
    Deno.readFileSync(folder.at("a.pcap")),
  );
  assertEquals([first, only?.snaplen], [EXPECTED.slice(0, 1), 65_535]);
});

Deno.test("a pcap file keeps the snapshot length, and refuses what a reader would cut", () => {
  using folder = new Folder();
  const writer = new PcapWriter(folder.at("a.pcap"), []);
  const short = { ...ETH0, snaplen: 55 };
  writer.write(packetsOf(records(FRAMES.slice(0, 2)), 1, short));
  assertThrows(
    () => writer.write(packetsOf(records(FRAMES.slice(2)), 1, ETH0)),
    Failure,
    "two snapshot lengths, of which one is 55 octets",
  );
  writer.close();
  const { packets, interfaces: [only] } = filePackets(Deno.readFileSync(folder.at("a.pcap")));
  assertEquals([packets, only?.snaplen], [EXPECTED.slice(0, 2), 55]);
});

Deno.test("a time after 2106 goes into pcapng, and not into pcap", () => {
  using folder = new Folder();
  const late = { ...packetsOf(records(FRAMES), 1, ETH0), time: () => 1n << 62n };
  const writer = new PcapngWriter(folder.at("a.pcapng"));
  writer.write(late);
  writer.close();
  const { packets } = filePackets(Deno.readFileSync(folder.at("a.pcapng")));
  assertEquals(packets.map(({ time }) => time), Array(4).fill(1n << 62n));
  const classic = new PcapWriter(folder.at("a.pcap"), []);
  assertThrows(() => classic.write(late), Failure, "a time after 2106");
  classic.close();
});
