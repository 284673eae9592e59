import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { PacketBuilder, protocolOf } from "../../src/connect/transport/packet_builder.ts";
import type { PacketSpec, TcpSpec, UdpSpec } from "../../src/contract/packet.ts";
import { addressText } from "../../src/host/address.ts";
import { Failure } from "../../src/host/failure.ts";
import type {
  IcmpHeader,
  Ip4Header,
  Ip6Header,
  TcpHeader,
  TransportHeader,
  UdpHeader,
} from "../../src/mod.ts";
import { chain } from "../data/chain.ts";
import { drained, feed, flowTable, RAW, single } from "../data/dissect.ts";
import { rightSpecs } from "../data/specs.ts";

const builder = new PacketBuilder();
const build = (spec: PacketSpec) => builder.build(spec).octets.slice();

/** The sum of octets as big-endian numbers of 16 bits (RFC 1071), folded: all ones where a checksum in it is right. */
function sum(...parts: Uint8Array[]): number {
  let total = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) total += part[i]! << 8 | (part[i + 1] ?? 0);
  }
  while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
  return total;
}

/** What is in a packet's checksum besides the transport itself. */
function pseudoHeader(packet: Uint8Array, protocol: number, length: number): Uint8Array {
  const [from, to] = packet[0]! >> 4 === 4 ? [12, 20] : [8, 40];
  return Uint8Array.of(...packet.subarray(from, to), 0, 0, length >> 8, length, 0, protocol);
}

/** Whether IP header and transport carry right checksums. */
function areRight(packet: Uint8Array, spec: PacketSpec): [boolean, boolean] {
  const four = packet[0]! >> 4 === 4;
  const header = four ? 20 : 40;
  const transport = packet.subarray(header);
  const protocol = protocolOf(spec);
  const pseudo = protocol === 1
    ? new Uint8Array()
    : pseudoHeader(packet, protocol, transport.length);
  return [
    !four || sum(packet.subarray(0, header)) === 0xffff,
    sum(pseudo, transport) === 0xffff,
  ];
}

let seen: Record<string, unknown> = {};
/** Notes what its views see. One for all packets: a module of WebAssembly for each would take most of the time. */
const dissector = flowTable({
  chains: [
    "basic",
    chain({
      ip4: (_rec, ip: Ip4Header) => {
        Object.assign(seen, {
          source: addressText(ip.sourceOctets),
          destination: addressText(ip.destinationOctets),
          ttl: ip.ttl,
          traffic: ip.trafficClass,
          identification: ip.id,
          reserved: ip.evil,
          dontFragment: ip.df,
          whole: !ip.mf && ip.fragmentOffset === 0,
        });
      },
      ip6: (_rec, ip: Ip6Header) => {
        Object.assign(seen, {
          source: addressText(ip.sourceOctets),
          destination: addressText(ip.destinationOctets),
          ttl: ip.hopLimit,
          traffic: ip.trafficClass,
          flowLabel: ip.flowLabel,
        });
      },
      tcp: (_rec, tcp: TcpHeader) => {
        Object.assign(seen, {
          sourcePort: tcp.sourcePort,
          destinationPort: tcp.destinationPort,
          sequence: tcp.sequence,
          acknowledgment: tcp.acknowledgment,
          flags: tcp.flags,
          ae: tcp.ae,
          window: tcp.window,
          urgent: tcp.urgent,
          options: [...tcp.options()].map(({ kind, data }) => [kind, [...data]]),
          payload: tcp.payload.join(),
        });
      },
      udp: (_rec, udp: UdpHeader) => {
        Object.assign(seen, {
          sourcePort: udp.sourcePort,
          destinationPort: udp.destinationPort,
          length: udp.length,
          payload: udp.payload.join(),
        });
      },
      icmp4: (_rec, icmp: IcmpHeader) => void Object.assign(seen, readIcmp(icmp)),
      icmp6: (_rec, icmp: IcmpHeader) => void Object.assign(seen, readIcmp(icmp)),
      l4: (_rec, other: TransportHeader) =>
        void Object.assign(seen, { payload: other.payload.join() }),
    }),
  ],
});

/** What the dissector's views see of a packet, by the names of its specification. */
function read(packet: Uint8Array): Record<string, unknown> {
  seen = {};
  feed(dissector, [single(packet)], RAW);
  dissector.flush();
  drained(dissector);
  return seen;
}

function readIcmp(icmp: IcmpHeader): Record<string, unknown> {
  return { type: icmp.type, code: icmp.code, rest: icmp.word, payload: icmp.payload.join() };
}

/** What the views must see. */
function expected({ ip, transport, payload = new Uint8Array() }: PacketSpec) {
  const four = !ip.source.includes(":");
  const head = {
    source: ip.source,
    destination: ip.destination,
    ttl: ip.ttl ?? 64,
    traffic: (ip.dscp ?? 0) << 2 | (ip.ecn ?? 0),
    ...(four
      ? {
        identification: ip.identification ?? 0,
        reserved: ip.reserved ?? false,
        dontFragment: ip.dontFragment ?? true,
        whole: true,
      }
      : { flowLabel: ip.flowLabel ?? 0 }),
  };
  // As text: octets one by one take an assertion long to compare
  const data = payload.join();
  if (transport.kind === "tcp") {
    const { sourcePort, destinationPort } = transport;
    const flags = transport.flags | ((transport.reserved ?? 0) & 1) << 8;
    return {
      ...head,
      ...{ sourcePort, destinationPort, flags, payload: data },
      sequence: transport.sequence ?? 0,
      acknowledgment: transport.acknowledgment ?? 0,
      ae: ((transport.reserved ?? 0) & 1) === 1,
      window: transport.window ?? 0,
      urgent: transport.urgent ?? 0,
      options: (transport.options ?? []).map(({ kind, data }) => [kind, [...data ?? []]]),
    };
  }
  if (transport.kind === "udp") {
    const { sourcePort, destinationPort } = transport;
    return { ...head, sourcePort, destinationPort, length: 8 + payload.length, payload: data };
  }
  if (transport.kind === "icmp") {
    const { type, code, rest = 0 } = transport;
    return { ...head, type, code, rest, payload: data };
  }
  return { ...head, payload: data };
}

Deno.test("what is forged is what the dissector reads, with right lengths and checksums", () => {
  fc.assert(
    fc.property(rightSpecs, (spec) => {
      const packet = build(spec);
      assertEquals(read(packet), expected(spec));
      assertEquals(areRight(packet, spec), [true, true]);
    }),
    { numRuns: 2000, seed: 4 },
  );
});

Deno.test("a checksum that is given is sent as it is, and nothing else changes", () => {
  fc.assert(
    fc.property(rightSpecs, fc.nat(0xffff), (spec, checksum) => {
      const right = build(spec);
      const given = build({ ...spec, transport: { ...spec.transport, checksum } as TcpSpec });
      const at = (right[0]! >> 4 === 4 ? 20 : 40) + { tcp: 16, udp: 6, icmp: 2, other: 0 }[
        spec.transport.kind
      ];
      assertEquals(given[at]! << 8 | given[at + 1]!, checksum);
      given.set(right.subarray(at, at + 2), at);
      assertEquals(given, right);
    }),
    { numRuns: 500, seed: 5 },
  );
});

const four = { source: "192.0.2.1", destination: "198.51.100.7" };
const six = { source: "2001:db8::1", destination: "2001:db8:1::2" };
const udp: UdpSpec = { kind: "udp", sourcePort: 5000, destinationPort: 53 };
const tcp: TcpSpec = { kind: "tcp", sourcePort: 5000, destinationPort: 80, flags: 2 };

Deno.test("a datagram whose sum is zero says so as all ones (RFC 768)", () => {
  // The two octets that make the rest of the sum all ones
  for (const ip of [four, six]) {
    const before = build({ ip, transport: udp, payload: Uint8Array.of(0, 0) });
    const at = ip === four ? 26 : 46;
    const payload = before.slice(at, at + 2);
    const packet = build({ ip, transport: udp, payload });
    assertEquals([...packet.subarray(at, at + 2)], [0xff, 0xff]);
    assert(areRight(packet, { ip, transport: udp })[1]);
  }
});

Deno.test("lengths that are given are sent as they are", () => {
  const short = build({ ip: four, transport: { ...udp, length: 3 }, payload: Uint8Array.of(1) });
  assertEquals([short.length, short[25]], [29, 3]);
  const offset = build({ ip: four, transport: { ...tcp, dataOffset: 15, reserved: 9 } });
  assertEquals([offset.length, offset[32]], [40, 0xf9]);
  const lying = build({
    ip: four,
    transport: { ...tcp, options: [{ kind: 2, data: Uint8Array.of(5), length: 200 }, { kind: 0 }] },
  });
  assertEquals([lying.length, [...lying.subarray(40)], lying[32]], [44, [2, 200, 5, 0], 0x60]);
  const long = Array.from({ length: 20 }, () => ({ kind: 5, data: new Uint8Array(8) }));
  const free = build({ ip: six, transport: { ...tcp, dataOffset: 0, options: long } });
  assertEquals([free.length, free[52]], [40 + 20 + 200, 0]);
});

Deno.test("another protocol is its number and its payload", () => {
  const payload = Uint8Array.of(1, 2, 3);
  const spec: PacketSpec = { ip: six, transport: { kind: "other", protocol: 253 }, payload };
  const packet = build(spec);
  assertEquals([packet.length, packet[6]], [43, 253]);
  assertEquals(read(packet), expected(spec));
});

Deno.test("the longest packets fit, and not an octet more", () => {
  const octets = (length: number) => new Uint8Array(length);
  const longest = build({ ip: four, transport: udp, payload: octets(65_535 - 28) });
  assertEquals([longest.length, longest[2], longest[3]], [65_535, 255, 255]);
  assertEquals(build({ ip: six, transport: udp, payload: octets(65_535 - 8) }).length, 65_575);
  assertThrows(
    () => build({ ip: four, transport: udp, payload: octets(65_535 - 27) }),
    Failure,
    "payload has 65508 octets, and 65507 is the most here",
  );
  assertThrows(() => build({ ip: six, transport: udp, payload: octets(65_528) }), Failure);
});

/** Invalid packets, and the field that the error names. */
const IMPOSSIBLE: readonly [string, unknown][] = [
  ["tcp.destinationPort is 70000", { ip: four, transport: { ...tcp, destinationPort: 70_000 } }],
  ["tcp.sourcePort is undefined", { ip: four, transport: { ...tcp, sourcePort: undefined } }],
  ["tcp.dataOffset is 16", { ip: four, transport: { ...tcp, dataOffset: 16 } }],
  ["tcp.flags is 512", { ip: four, transport: { ...tcp, flags: 512 } }],
  ["tcp.reserved is 16", { ip: four, transport: { ...tcp, reserved: 16 } }],
  ["tcp.window is 1.5", { ip: four, transport: { ...tcp, window: 1.5 } }],
  ["tcp.sequence is 4294967296", { ip: four, transport: { ...tcp, sequence: 2 ** 32 } }],
  ["tcp.checksum is -1", { ip: four, transport: { ...tcp, checksum: -1 } }],
  ["tcp.options[1].kind is 256", {
    ip: four,
    transport: { ...tcp, options: [{ kind: 1 }, { kind: 256 }] },
  }],
  ["tcp.options[0] has more than a kind", {
    ip: four,
    transport: { ...tcp, options: [{ kind: 1, length: 2 }] },
  }],
  ["tcp.options take 44 octets", {
    ip: four,
    transport: { ...tcp, options: [{ kind: 9, data: new Uint8Array(39) }] },
  }],
  ["tcp.options[0].data has 254 octets", {
    ip: four,
    transport: { ...tcp, dataOffset: 5, options: [{ kind: 9, data: new Uint8Array(254) }] },
  }],
  ["tcp.options[0].data is not a Uint8Array", {
    ip: four,
    transport: { ...tcp, options: [{ kind: 9, data: "text" }] },
  }],
  ["udp.length is 65536", { ip: four, transport: { ...udp, length: 65_536 } }],
  ["icmp.type is 300", { ip: four, transport: { kind: "icmp", type: 300, code: 0 } }],
  ["transport.protocol is 256", { ip: four, transport: { kind: "other", protocol: 256 } }],
  ["transport.kind is sctp", { ip: four, transport: { kind: "sctp" } }],
  ["payload is not a Uint8Array", { ip: four, transport: udp, payload: "text" }],
  ["ip.dscp is 64", { ip: { ...four, dscp: 64 }, transport: udp }],
  ["ip.ecn is 4", { ip: { ...four, ecn: 4 }, transport: udp }],
  ["ip.ttl is 256", { ip: { ...six, ttl: 256 }, transport: udp }],
  ["ip.flowLabel is 1048576", { ip: { ...six, flowLabel: 1 << 20 }, transport: udp }],
  ["ip.flowLabel is set, which IPv4", { ip: { ...four, flowLabel: 1 }, transport: udp }],
  ["ip.reserved is set, which IPv6", { ip: { ...six, reserved: true }, transport: udp }],
  ["ip.dontFragment is set, which IPv6", { ip: { ...six, dontFragment: false }, transport: udp }],
  ["different families", { ip: { ...four, destination: six.destination }, transport: udp }],
  ['ip.source is "localhost"', { ip: { ...four, source: "localhost" }, transport: udp }],
  ["ip.destination is undefined", { ip: { source: "192.0.2.1" }, transport: udp }],
];

Deno.test("what cannot be is refused in a sentence that names the field", () => {
  for (const [said, spec] of IMPOSSIBLE) {
    assertThrows(() => build(spec as PacketSpec), Failure, said);
  }
});
