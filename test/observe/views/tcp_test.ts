import { assertEquals } from "@std/assert";
import { type TcpHeader, tcpOptions } from "../../../src/mod.ts";
import { seen } from "../../data/chain.ts";
import { single } from "../../data/dissect.ts";
import { be16, be32, ethernet, ip4, type Tcp, tcp, timestamps } from "../../data/packets.ts";

function look<Value>(of: (tcp: TcpHeader) => Value, segment: Tcp, cut = 0): Value {
  const data = ethernet(ip4(tcp(segment)));
  const frame = { ...single(data.slice(0, data.length - cut)), wire: data.length };
  return seen("tcp", of, [frame])[0]!;
}

Deno.test("TCP: every field of the header", () => {
  const data = ethernet(ip4(tcp({ sequence: 0xfedcba98, payload: Uint8Array.of(7, 8, 9) })));
  const at = 14 + 20;
  data.set(be32(0x89abcdef), at + 8);
  data.set([0x51, 0x18, ...be16(0x1234), ...be16(0x5678), ...be16(0x9abc)], at + 12);
  const [found] = seen("tcp", (tcp: TcpHeader) => ({
    ports: [tcp.sourcePort, tcp.destinationPort],
    sequence: tcp.sequence,
    acknowledgment: tcp.acknowledgment,
    headerLength: tcp.headerLength,
    flags: tcp.flags,
    window: tcp.window,
    checksum: tcp.checksum,
    urgent: tcp.urgent,
    ae: tcp.ae,
    protocol: tcp.protocol,
    source: tcp.ip.source,
    payload: [...tcp.payload],
    payloadLength: tcp.payloadLength,
  }), [single(data)]);
  assertEquals(found, {
    ports: [40000, 80],
    sequence: 0xfedcba98,
    acknowledgment: 0x89abcdef,
    headerLength: 20,
    flags: 0x118,
    window: 0x1234,
    checksum: 0x5678,
    urgent: 0x9abc,
    ae: true,
    protocol: 6,
    source: "192.0.2.1",
    payload: [7, 8, 9],
    payloadLength: 3,
  });
});

Deno.test("TCP: each flag by its name", () => {
  const names = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ae"] as const;
  for (let bit = 0; bit < 9; bit++) {
    const set = look((tcp) => names.filter((name) => tcp[name]), { flags: 1 << bit });
    assertEquals(set, [names[bit]!]);
  }
});

Deno.test("TCP: options one by one, by kind, and read", () => {
  const options = [2, 4, 5, 180, 4, 2, ...timestamps(7, 0xffffffff), 3, 3, 9, 34, 2];
  const found = look((tcp) => ({
    all: [...tcp.options()].map(({ kind, data }) => [kind, ...data]),
    mss: tcp.option(2)?.toHex(),
    sack: tcp.option(4)?.length,
    none: tcp.option(30),
    read: tcpOptions(tcp),
  }), { options });
  assertEquals(found, {
    all: [[2, 5, 180], [4], [1], [1], [8, 0, 0, 0, 7, 255, 255, 255, 255], [3, 9], [34]],
    mss: "05b4",
    sack: 0,
    none: null,
    read: {
      kinds: [2, 4, 8, 3, 34],
      mss: 1460,
      windowScale: 9,
      sackPermitted: true,
      timestamps: { value: 7, echo: 0xffffffff },
      fastOpen: new Uint8Array(),
    },
  });
});

Deno.test("TCP: options that cannot be end the list, those of a wrong length have no value", () => {
  for (const bad of [[2, 0, 1, 1], [2, 1, 1, 1], [2, 5, 1, 1], [1, 1, 1, 2]]) {
    const kinds = look((tcp) => [[...tcp.options()].map(({ kind }) => kind), tcp.option(2)], {
      options: bad,
    });
    assertEquals(kinds, [bad[0] === 1 ? [1, 1, 1] : [], null]);
  }
  const read = look((tcp) => tcpOptions(tcp), { options: [2, 3, 5, 3, 2, 8, 3, 0, 4, 3, 0] });
  assertEquals(read, {
    kinds: [2, 3, 8, 4],
    mss: null,
    windowScale: null,
    sackPermitted: false,
    timestamps: null,
    fastOpen: null,
  });
});

Deno.test("TCP: what the capture cut of options and payload is not shown", () => {
  const segment = { options: [2, 4, 5, 180, ...timestamps(1, 2)], payload: new Uint8Array(5) };
  const of = (tcp: TcpHeader) => [
    [...tcp.options()].map(({ kind }) => kind),
    tcp.option(8)?.length ?? null,
    tcp.payload.length,
    tcp.payloadLength,
    tcp.headerLength,
  ];
  assertEquals(look(of, segment), [[2, 1, 1, 8], 8, 5, 5, 36]);
  assertEquals(look(of, segment, 3), [[2, 1, 1, 8], 8, 2, 5, 36]);
  assertEquals(look(of, segment, 6), [[2, 1, 1], null, 0, 5, 36]);
  assertEquals(look(of, segment, 5 + 16), [[], null, 0, 5, 36]);
});
