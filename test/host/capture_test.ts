import { assertEquals } from "@std/assert";
import { Capture } from "../../src/host/capture.ts";
import { ethernet, ip4, pcapFile, tcp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";

Deno.test("a read gives as many packets as there is room for, however long they might have been", () => {
  using folder = new Folder();
  const frames = Array.from({ length: 1200 }, (_, at) => ({
    time: 1_700_000_000 + at / 1e3,
    data: ethernet(ip4(tcp({ sequence: at }))),
  }));
  const octets = pcapFile(frames);
  using capture = Capture.file(folder.put("a.pcap", octets));
  // Room for eighty of the longest
  const target = new Uint8Array(80 * (262_144 + 16) + 1);
  const batches: number[] = [];
  let at = 24;
  while (!capture.ended) {
    const read = capture.read(target, 500);
    batches.push(capture.packets);
    assertEquals(target.subarray(0, read), octets.subarray(at, at + read));
    at += read;
  }
  assertEquals(at, octets.length);
  assertEquals(batches.map((count) => count > 400), [true, true, false, false], `${batches}`);
});
