import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PacketBuilder } from "../../src/connect/transport/packet_builder.ts";
import { RAW } from "../data/dissect.ts";
import { pcapFile } from "../data/packets.ts";
import { rightSpecs } from "../data/specs.ts";
import { judgeTest } from "./judge.ts";

const PACKETS = 2000;

/** What tshark says of each checksum that it finds: 1 is good (`tshark -G values`). */
const STATUSES = [
  "ip.checksum.status",
  "tcp.checksum.status",
  "udp.checksum.status",
  "icmp.checksum.status",
  "icmpv6.checksum.status",
];
const CHECKED = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"];

judgeTest("generated packets are forged with right checksums", async () => {
  const builder = new PacketBuilder();
  const frames = fc.sample(rightSpecs, { numRuns: PACKETS, seed: 6 })
    .map((spec, i) => ({ time: 1_700_000_000 + i, data: builder.build(spec).octets.slice() }));
  const path = Deno.makeTempFileSync({ prefix: "spider-", suffix: ".pcap" });
  try {
    Deno.writeFileSync(path, pcapFile(frames, RAW));
    const { stdout } = await new Deno.Command("tshark", {
      args: [
        ...["-n", "-r", path, "-T", "fields", "-E", "occurrence=f"],
        ...CHECKED.flatMap((preference) => ["-o", `${preference}:TRUE`]),
        ...["-e", "_ws.col.Protocol", ...STATUSES.flatMap((status) => ["-e", status])],
      ],
      stdin: "null",
      stderr: "null",
      env: { LC_ALL: "C" },
    }).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    const found = lines.map((line) => line.split("\t").slice(1).filter((cell) => cell !== ""));
    assertEquals(found.length, PACKETS);
    found.forEach((statuses, i) => {
      const [four] = [frames[i]!.data[0]! >> 4 === 4];
      assertEquals(statuses, four ? ["1", "1"] : ["1"], `packet ${i}: ${lines[i]}`);
    });
  } finally {
    Deno.removeSync(path);
  }
});
