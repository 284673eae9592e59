/** Comments of packets that are kept as pcapng: which flow each is of. */
import { assert, assertEquals } from "@std/assert";
import { pcap } from "../data/captures.ts";
import { mutant } from "../data/mutants.ts";
import { A4, ACK, B4, ethernet, type Frame, ICMP, ip4, join, SYN, tcp } from "../data/packets.ts";
import { random } from "../data/random.ts";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";

const ENHANCED = 6;
const COMMENT = 1;

/** The comments of a little-endian pcapng file's packets, in their order; empty without one. */
function commentsOf(octets: Uint8Array): string[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const comments: string[] = [];
  for (let at = 0; at < octets.length; at += view.getUint32(at + 4, true)) {
    if (view.getUint32(at, true) !== ENHANCED) continue;
    const end = at + view.getUint32(at + 4, true) - 4;
    let comment = "";
    for (let option = at + 28 + (view.getUint32(at + 20, true) + 3 & ~3); option < end;) {
      const [code, length] = [view.getUint16(option, true), view.getUint16(option + 2, true)];
      if (code === COMMENT) {
        comment = new TextDecoder().decode(octets.subarray(option + 4, option + 4 + length));
      }
      option += 4 + (length + 3 & ~3);
    }
    comments.push(comment);
  }
  return comments;
}

/** What becomes of frames: the records, and the comments of the packets that are kept. */
async function observed(frames: readonly Frame[], ...args: string[]) {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames));
  const kept = folder.at("kept.pcapng");
  const stats = folder.at("stats.json");
  const { code, out, err } = await inProcess([
    ...["observe", "-i", path, "--write", kept, "--stats", stats, ...args],
  ]);
  assertEquals(code, 0, err);
  const plain = await inProcess(["observe", "-i", path, ...args]);
  assertEquals(out, plain.out, "numbers change no record");
  return { records: results(out), comments: commentsOf(Deno.readFileSync(kept)) };
}

Deno.test("a packet's comment says its flow, its direction, and whether it is the first", async () => {
  const there = { source: A4, destination: B4 };
  const back = { source: B4, destination: A4 };
  const request = tcp({ source: 1000, destination: 80, flags: ACK, payload: new Uint8Array(16) });
  const packets = [
    ip4(tcp({ source: 1000, destination: 80, flags: SYN }), there),
    ip4(tcp({ source: 80, destination: 1000, flags: SYN | ACK }), back),
    ip4(tcp({ source: 2000, destination: 80, flags: SYN }), there),
    // Two fragments
    ip4(request.subarray(0, 24), { ...there, id: 9, fragment: 0x2000 }),
    ip4(request.subarray(24), { ...there, id: 9, fragment: 3 }),
    // Two more, the later one before the first
    ip4(request.subarray(24), { ...there, id: 10, fragment: 3 }),
    ip4(request.subarray(0, 24), { ...there, id: 10, fragment: 0x2000 }),
    // The port is unreachable, says the other host about the second flow
    ip4(
      join(
        [3, 3, 0, 0, 0, 0, 0, 0],
        ip4(tcp({ source: 2000, destination: 80, flags: SYN }), there),
      ),
      { ...back, protocol: ICMP },
    ),
  ].map((packet) => ethernet(packet));
  const all = [...packets, new Uint8Array(20)];
  const { comments } = await observed(
    all.map((data, at) => ({ time: 1_700_000_000 + at / 8, data })),
  );
  assertEquals(comments, [
    "flow 1, forward, first",
    "flow 1, reverse",
    "flow 2, forward, first",
    "flow 1, forward",
    "flow 1, forward",
    "",
    "flow 1, forward",
    "flow 2, reverse",
    "",
  ]);
});

Deno.test("a SYN that waited for its SYN-ACK is the first packet of its flow", async () => {
  const there = (flags: number, sequence: number) =>
    ip4(tcp({ source: 1000, destination: 80, flags, sequence }));
  const back = (sequence: number, acknowledgment: number) =>
    ip4(
      tcp({ source: 80, destination: 1000, flags: SYN | ACK, sequence, acknowledgment }),
      { source: B4, destination: A4 },
    );
  const packets = [
    there(SYN, 100),
    back(500, 101),
    there(ACK, 101),
    there(SYN, 7000),
    ip4(tcp({ source: 2000, destination: 80, flags: SYN })),
    back(9000, 7001),
    there(SYN, 20_000),
  ];
  const { comments } = await observed(
    packets.map((packet, at) => ({ time: 1_700_000_000 + at / 8, data: ethernet(packet) })),
  );
  assertEquals(comments, [
    "flow 1, forward, first",
    "flow 1, reverse",
    "flow 1, forward",
    "flow 3, forward, first",
    "flow 2, forward, first",
    "flow 3, reverse",
    "flow 3, forward",
  ]);
});

for (const args of [[], ["--active", "60"], ["--max-flows", "20"]]) {
  Deno.test(`each flow has as many comments as its record has packets: ${args}`, async () => {
    const next = random(15);
    let time = 1_700_000_000;
    // No tool may cut them, or what was cut would be told apart
    const frames = Array.from({ length: 4000 }, () => {
      time += next(100) === 0 ? 40 : next(1000) / 1000;
      return { time: Math.round(time * 1e6) / 1e6, data: mutant(next, time, 1).frame.data };
    });
    // A fragment that comes before its first one has no comment
    const filter = ["--filter", "not (ip[6:2] & 0x3fff != 0) and not ip6 proto 44"];
    const { records, comments } = await observed(frames, ...args, ...filter, "tcp");
    const counts = new Map<number, [number, number, number]>();
    for (const comment of comments.filter((text) => text !== "")) {
      const [, number, direction, first] = /^flow (\d+), (forward|reverse)(, first)?$/.exec(
        comment,
      )!;
      const count = counts.get(Number(number)) ?? [0, 0, 0];
      counts.set(Number(number), count);
      count[direction === "forward" ? 0 : 1]++;
      if (first !== undefined) count[2]++;
    }
    assert(records.length > 100 && counts.size > 100);
    assertEquals([...counts.keys()], Array.from({ length: counts.size }, (_, at) => at + 1));
    assert([...counts.values()].every(([, , firsts]) => firsts === 1));
    const sorted = (pairs: number[][]) => pairs.map(([a, b]) => `${a} ${b}`).sort();
    assertEquals(
      sorted([...counts.values()]),
      sorted(records.map(({ pkt_fwd, pkt_rev }) => [Number(pkt_fwd), Number(pkt_rev)])),
    );
  });
}

Deno.test("a flow of which a chain wants nothing is no flow of a comment either", async () => {
  using folder = new Folder();
  const chain = folder.put(
    "few.ts",
    new TextEncoder().encode(`export default {
      name: "few",
      fields: { few: { type: "boolean", summary: "nothing", initial: true } },
      newFlow(_, ip) { return ip.source !== "192.0.2.9"; },
      ip4() {},
    };`),
  );
  const other = { source: [192, 0, 2, 9], destination: B4 };
  const packets = [ip4(tcp({}), other), ip4(tcp({})), ip4(tcp({}), other)];
  const frames = packets.map((packet, at) => ({
    time: 1_700_000_000 + at,
    data: ethernet(packet),
  }));
  const { records, comments } = await observed(frames, "--chain", chain);
  assertEquals([records.length, comments], [1, ["", "flow 1, forward, first", ""]]);
});
