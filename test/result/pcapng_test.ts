import { assertEquals } from "@std/assert";
import { Capture } from "../../src/host/capture.ts";
import { PcapngWriter } from "../../src/result/pcapng.ts";
import { ethernet, ip4, records, tcp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";

Deno.test("packets are read back as they were written, with their times and what was cut", () => {
  using folder = new Folder();
  const frames = [0, 1, 2, 3].map((at) => ({
    time: 1_700_000_000 + at / 8,
    data: ethernet(ip4(tcp({ sequence: at, payload: new Uint8Array(at) }))),
  }));
  const whole = records(frames);
  // Of the last one more was on the wire
  const view = new DataView(whole.buffer);
  const last = whole.length - frames[3]!.data.length - 16;
  view.setUint32(last + 12, 9000, true);
  const path = folder.at("a.pcapng");
  const about = { linkType: 1, snaplen: 65_535, name: "eth0", fraction: 1 } as const;
  const writer = new PcapngWriter(path, about);
  writer.write(whole.subarray(0, last));
  writer.write(whole.subarray(last));
  writer.close(5);
  using capture = Capture.file(path);
  const target = new Uint8Array(1 << 22);
  const octets = capture.read(target, 100);
  assertEquals([capture.packets, capture.linkType, capture.snaplen], [4, 1, 65_535]);
  // libpcap gives times in microseconds, where the file has nanoseconds
  const scaled = whole.slice();
  if (capture.fraction === 1000) {
    const times = new DataView(scaled.buffer);
    for (let at = 0; at < scaled.length; at += 16 + times.getUint32(at + 8, true)) {
      times.setUint32(at + 4, times.getUint32(at + 4, true) / 1000, true);
    }
  }
  assertEquals(target.slice(0, octets), scaled);
});
