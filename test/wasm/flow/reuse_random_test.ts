import { assert, assertEquals } from "@std/assert";
import { addressText } from "../../../src/host/address.ts";
import { dissect, ETHERNET } from "../../data/dissect.ts";
import {
  A4,
  ACK,
  B4,
  ethernet,
  FIN,
  type Frame,
  ICMP,
  icmpError,
  ip4,
  RST,
  SYN,
  tcp,
} from "../../data/packets.ts";
import { random } from "../../data/random.ts";
import { read } from "../../data/slow_reader.ts";
import { differences, type Line, lineOf } from "../../judge/compare.ts";
import { FIELDS } from "../../judge/fields.ts";
import { flowsOf } from "../../judge/flows.ts";
import type { Ends, Packet } from "../../judge/packet.ts";

type Random = (below: number) => number;

const RUNS = 100;
const PACKETS = 80;
const NAMES = [
  ...["sip", "dip", "proto", "sp", "dp", "pkt_first", "pkt_last"],
  ...["pkt_fwd", "pkt_rev", "oct_fwd", "oct_rev", "tcp_synflags_fwd", "tcp_synflags_rev"],
  ...["tcp_fin_fwd", "tcp_fin_rev", "tcp_rst_fwd", "tcp_rst_rev", "tcp_connected"],
];

/** Segments of few connections, with few numbers, of which many answer the one before; and errors about them. */
function frames(next: Random): Frame[] {
  let time = 1_700_000_000 * 8;
  let [reverse, port, sequence] = [false, 40_000, 0];
  const pick = <T>(from: readonly T[]): T => from[next(from.length)]!;
  return Array.from({ length: PACKETS }, (): Frame => {
    time += pick([0, 0, 1, 1, 1, 2, 3, 8, 8, next(40) === 0 ? 8 * 30 : 1]);
    const isAnswer = next(3) === 0;
    const before = sequence;
    reverse = isAnswer ? !reverse : next(2) === 0;
    port = isAnswer ? port : 40_000 + next(2);
    sequence = 1000 * (1 + next(3));
    const rare = next(12) === 0 ? pick([RST, FIN | ACK, SYN | FIN, SYN | RST]) : ACK;
    const segment = tcp({
      source: reverse ? 80 : port,
      destination: reverse ? port : 80,
      flags: isAnswer
        ? pick([SYN | ACK, SYN | ACK, SYN | ACK, ACK])
        : pick([SYN, SYN, SYN, SYN | ACK, ACK, ACK, ACK, rare]),
      sequence,
      acknowledgment: (isAnswer ? before : 1000 * (1 + next(3))) + pick([1, 1, 1, 1, 0, 2, 6, 7]),
      payload: new Uint8Array(next(4) === 0 ? 5 : 0),
    });
    const ends = reverse ? { source: B4, destination: A4 } : { source: A4, destination: B4 };
    const packet = ip4(segment, ends);
    if (next(25) > 0) return { time: time / 8, data: ethernet(packet) };
    const back = { source: ends.destination, destination: ends.source, protocol: ICMP };
    return { time: time / 8, data: ethernet(ip4(icmpError(3, 1, packet), back)) };
  });
}

/** A frame as the slow reader reads it, for the judge's rules of flows. */
function packetOf({ time, data }: Frame): Packet {
  const result = read(data, data.length, ETHERNET);
  if ("counter" in result) throw new Error(`no packet: ${result.counter}`);
  const { protocol, sourcePort, destinationPort, octets } = result;
  const { transport } = result.packet;
  const number = (at: number, length: number) =>
    transport.slice(at, at + length).reduce((sum, octet) => sum * 256 + octet, 0);
  const address = (octets: readonly number[]) => addressText(Uint8Array.from(octets));
  const isTcp = protocol === 6;
  const ends: Ends = {
    source: address(result.source),
    destination: address(result.destination),
    protocol,
    sourcePort,
    destinationPort,
    apart: [],
    ...isTcp ? {} : { subject: { sourcePort: "type 3", destinationPort: "type 3" } },
  };
  const inner = transport.slice(8);
  return {
    ...ends,
    headers: [],
    time: time.toFixed(9),
    nanoseconds: BigInt(time * 8) * 125_000_000n,
    octets,
    dscp: 0,
    ecn: 0,
    ttl: 64,
    evil: false,
    fragment: null,
    first: true,
    tcp: !isTcp ? null : {
      flags: number(12, 2) & 0x1ff,
      sequence: number(4, 4),
      acknowledgement: number(8, 4),
      window: number(14, 2),
      payload: octets - 20 - (transport[12]! >> 4) * 4,
      ...{ cut: false, broken: false, options: [], mss: null, scale: null, timestamps: null },
    },
    udpChecksum: null,
    icmp: isTcp ? null : { type: 3, code: 1, identifier: null },
    quoted: isTcp ? null : {
      source: address(inner.slice(12, 16)),
      destination: address(inner.slice(16, 20)),
      protocol: 6,
      sourcePort: inner[20]! * 256 + inner[21]!,
      destinationPort: inner[22]! * 256 + inner[23]!,
      apart: [],
      datagram: null,
    },
    web: null,
    dnsResponse: false,
  };
}

Deno.test("8,000 segments on two pairs of ports make the flows that an independent reader makes of them", () => {
  let begun = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const all = frames(random(seed));
    const { flows, passedOver } = dissect(all, { chains: ["basic", "tcp", "icmp", "part"] });
    assertEquals(passedOver, {});
    const { flows: expected } = flowsOf(all.map(packetOf), { idle: 30, linger: 5 });
    const found = differences(
      NAMES.filter((name) => FIELDS[name] !== undefined),
      expected,
      flows as unknown as Line[],
    );
    assertEquals(found.map(lineOf), [], `seed ${seed}`);
    // Ended, but neither by FIN nor by RST
    begun += flows.filter((flow) =>
      flow.part_end === "end" && !(flow.tcp_fin_fwd && flow.tcp_fin_rev) &&
      !flow.tcp_rst_fwd && !flow.tcp_rst_rev
    ).length;
  }
  assert(begun > RUNS, `${begun} connections begin on ports of others`);
});
