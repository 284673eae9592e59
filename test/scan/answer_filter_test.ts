import { createSocket } from "node:dgram";
import { assert, assertEquals } from "@std/assert";
import { PacketFilter } from "../../src/host/packet_filter.ts";
import { answerFilter } from "../../src/scan/answer_filter.ts";
import { Capture } from "../../src/host/capture.ts";
import { rootTest } from "../lab/root.ts";
import { until } from "../until.ts";
import {
  build,
  datagramFor,
  dnsAnswerFor,
  ends,
  errorFor,
  probe,
  RAW,
  replyFor,
  RUN,
  segmentFor,
} from "./answer_fixture.ts";
import { rowOf } from "./probe_fixture.ts";
import { line, ping, question, syn } from "./probe_packets.ts";

const SOURCES = { 4: RUN.sources[4]!, 6: RUN.sources[6]! };
const ADDRESS = { 4: "198.51.100.7", 6: "2001:db8:1::7" } as const;

/** Whether a filter lets a packet through. The direction of a packet is known to the kernel alone. */
function passes(sources = SOURCES): (packet: Uint8Array<ArrayBuffer>) => boolean {
  const text = answerFilter({ sources, ports: RUN.ports });
  assert(text.startsWith("inbound and "));
  const filter = new PacketFilter(text.slice("inbound and ".length), [RAW]);
  return (packet) => {
    const address = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(packet)));
    return filter.matches(RAW, address, packet.length, packet.length);
  };
}

const octets = (packet: Uint8Array) => packet as Uint8Array<ArrayBuffer>;

Deno.test("every kind of answer passes the filter of a capture", () => {
  const matches = passes();
  for (const version of [4, 6] as const) {
    const row = rowOf(ADDRESS[version], 53);
    const probes = [syn, (of: 4 | 6) => question(of, ["a", "org"]), ping].map((arm) =>
      probe([arm(version)], row)
    );
    const [tcp, dns, echo] = probes;
    const text = probe([line(version, "", "")], row);
    const answers = [
      segmentFor(tcp!),
      segmentFor(tcp!, 0x14),
      segmentFor(tcp!, 0xd2),
      dnsAnswerFor(dns!),
      datagramFor(text),
      replyFor(echo!),
      ...[...probes, text].map((quoted) => errorFor(quoted, (version === 4 ? 20 : 40) + 8)),
    ];
    answers.forEach((packet, i) => assert(matches(octets(packet)), `${version} ${i}`));
  }
});

Deno.test("what is for others, for other ports, or no answer does not pass", () => {
  const matches = passes();
  const alone = passes({ ...SOURCES, 6: [] });
  for (const version of [4, 6] as const) {
    const row = rowOf(ADDRESS[version], 53);
    const octetsOf = probe([syn(version)], row);
    const echo = probe([ping(version)], row);
    const others = version === 4 ? "192.0.2.99" : "2001:db8::99";
    const packets = [
      octetsOf,
      echo,
      segmentFor(octetsOf, 0x10),
      segmentFor(octetsOf, 0x04),
      segmentFor(octetsOf, 0x12, { destinationPort: RUN.ports.first - 1 }),
      segmentFor(octetsOf, 0x12, { destinationPort: RUN.ports.last + 1 }),
      segmentFor(octetsOf, 0x12, { ip: { destination: others } }),
      errorFor(octetsOf, undefined, { type: version === 4 ? 8 : 135, code: 0 }),
      build({
        ip: { source: ADDRESS[version], destination: ends(octetsOf).source },
        transport: { kind: "icmp", type: version === 4 ? 0 : 129, code: 0, rest: 7 << 16 },
      }),
    ];
    packets.forEach((packet, i) => assert(!matches(octets(packet)), `${version} ${i}`));
    assertEquals(alone(octets(segmentFor(octetsOf))), version === 4);
  }
});

Deno.test("what stands behind extension headers of IPv6 passes", () => {
  const plain = segmentFor(probe([syn(6)], rowOf(ADDRESS[6], 443)));
  const packet = Uint8Array.from([
    ...plain.subarray(0, 6),
    60,
    ...plain.subarray(7, 40),
    ...[6, 0, 1, 4, 0, 0, 0, 0],
    ...plain.subarray(40),
  ]);
  packet[5]! += 8;
  assert(passes()(packet));
});

rootTest(
  "the kernel takes the filter, and gives what comes back to the own host once",
  async () => {
    const receiver = createSocket("udp4");
    const sender = createSocket("udp4");
    await new Promise<void>((resolve) => receiver.bind(0, "127.0.0.1", resolve));
    const { port } = receiver.address();
    const capture = Capture.live("lo", { snaplen: 256, bufferSize: 1 << 20, timeoutMs: 0 });
    try {
      const sources = { 4: ["127.0.0.1"], 6: ["::1"] };
      capture.keep(answerFilter({ sources, ports: { first: port, last: port } }));
      const input = new Uint8Array(1 << 16);
      // What was captured before the filter was set is left
      while (capture.read(input, 64) > 0);
      for (const text of ["one", "two"]) sender.send(text, port, "127.0.0.1");
      let packets = 0;
      await until("both datagrams", () => {
        capture.read(input, 64);
        packets += capture.packets;
        return packets >= 2;
      });
      assertEquals(packets, 2);
    } finally {
      capture.close();
      sender.close();
      receiver.close();
    }
  },
);
