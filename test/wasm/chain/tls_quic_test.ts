import { assertEquals } from "@std/assert";
import { dissect } from "../../data/dissect.ts";
import { A4, B4, ethernet, type Frame, ip4, join, tcp, UDP, udp } from "../../data/packets.ts";
import { clientKeys, crypto, type Initial, initial, number } from "../../data/quic.ts";
import { startingOf } from "../../data/starting.ts";
import { alpn, type ClientHello, clientHello, sni, supportedVersions } from "../../data/tls.ts";

const CHAINS = { chains: ["tls"] };
const HELLO: ClientHello = {
  extensions: [sni("a.example"), alpn("h3"), supportedVersions(0x3a3a, 0x0304), [57, [1, 2, 3]]],
};

/** A ClientHello without a record, as QUIC carries it. */
const message = (hello: ClientHello = HELLO) => clientHello(hello).slice(5);
const hex = (octets: Uint8Array) =>
  [...octets].map((one) => one.toString(16).padStart(2, "0")).join("");

function datagram(payload: Uint8Array, reverse = false): Frame {
  const ip = reverse ? { source: B4, destination: A4 } : {};
  const made = reverse ? udp(payload, 443, 5000) : udp(payload, 5000, 443);
  return { time: 0, data: ethernet(ip4(made, { protocol: UDP, ...ip })) };
}
const flowOf = (...payloads: Uint8Array[]) =>
  dissect(payloads.map((one) => datagram(one)), CHAINS).flows[0]!;
const hello = (form?: Initial) => initial(crypto(0, message()), form);
const READ = {
  tls_versions: [0x0304],
  tls_version: null,
  tls_sni: "a.example",
  tls_alpn: ["h3"],
  tls_ech: false,
  tls_unread: null,
};

Deno.test("the keys of these tests are those of the samples in RFC 9001", () => {
  const { key, iv, hp } = clientKeys(1, [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08]);
  assertEquals([key, iv, hp].map(hex), [
    "1f369613dd76d5467730efcbe3b1a22d",
    "fa044b2f42a3fd3b46fb255c",
    "9f50449e04a0e810283a1e9933adedd2",
  ]);
});

Deno.test("tls: the hello of a client of QUIC, in each version", () => {
  for (
    const version of [1, 0x6b3343cf, 0xff00001b, 0xff00001c, 0xff00001d, 0xff000020, 0xff000021]
  ) {
    const { tls_ja4, ...found } = flowOf(hello({ version }));
    assertEquals<unknown>(found, READ, version.toString(16));
    assertEquals(tls_ja4?.slice(0, 10), "q13d0104h3");
  }
  // But for its first letter it is what the same hello has over TCP
  const data = ethernet(ip4(tcp({ payload: clientHello(HELLO) })));
  const overTcp = dissect([{ time: 0, data }], CHAINS).flows[0]!.tls_ja4!;
  assertEquals(flowOf(hello()).tls_ja4, `q${overTcp.slice(1)}`);
});

Deno.test("tls: Initial packets of every form of header", () => {
  for (
    const form of [
      { destination: [], source: [9, 9] },
      { destination: Array.from({ length: 20 }, (_, at) => at), source: new Array(20).fill(7) },
      { token: new Array(300).fill(5) },
      { numberLength: 1, number: 3 },
      { numberLength: 4, number: 0x01020304 },
      { size: 1452 },
    ]
  ) {
    const { tls_ja4: _, ...found } = flowOf(hello(form));
    assertEquals<unknown>(found, READ, JSON.stringify(form));
  }
  // Where a capture begins with a packet of the server, it comes in reverse
  const { flows: [reverse] } = dissect(
    [datagram(Uint8Array.of(1), true), datagram(hello())],
    CHAINS,
  );
  assertEquals(reverse!.tls_sni, "a.example");
});

Deno.test("tls: a hello of QUIC in pieces, in any order, frames and packets", () => {
  const whole = message({ extensions: [...HELLO.extensions!, [65_000, new Uint8Array(1500)]] });
  const piece = (from: number, to: number) => crypto(from, whole.slice(from, to));
  const expected = flowOf(initial(piece(0, whole.length), { size: 2000 }));
  assertEquals(expected.tls_sni, "a.example");
  const ping = [1],
    none = [0, 0],
    acknowledged = [2, 0, 0, 1, 0, 1, 1],
    counted = [3, 0, 0, 0, 0, 1, 1, 1];
  const first = initial(
    join(piece(700, 900), ping, piece(1, 3), none, piece(3, 700), acknowledged, piece(0, 1)),
  );
  const second = initial(join(counted, piece(1200, whole.length), piece(850, 1300)), { number: 1 });
  assertEquals(flowOf(first, second), expected);
  assertEquals(flowOf(second, first), expected);
  assertEquals(flowOf(second, second, first, second), expected);
  assertEquals(flowOf(first).tls_unread, "incomplete");
  assertEquals(flowOf(second).tls_unread, "gap");
  // Two packets in one datagram
  const small = (frames: Uint8Array, size: number, of: number) =>
    initial(frames, { size, number: of });
  assertEquals(
    flowOf(join(small(piece(0, 500), 600, 0), small(piece(500, whole.length), 1400, 1))),
    expected,
  );
});

Deno.test("tls: datagrams that are no hello of QUIC, or cannot be opened", () => {
  const starting = startingOf("tls_");
  const good = hello();
  const damaged = [0, 1, 8, 20, 100, 1199].map((at) => good.with(at, good[at]! ^ 1));
  const handshake = good.with(0, good[0]! | 0x20);
  const reserved = hello({ version: 0x1a2a3a4a });
  for (
    const payload of [...damaged, handshake, reserved, good.slice(0, 1100), new Uint8Array(1200)]
  ) {
    assertEquals<unknown>(flowOf(payload), starting, hex(payload.slice(0, 8)));
  }
  assertEquals<unknown>(flowOf(initial(Uint8Array.of(1))), starting);
  assertEquals<unknown>(flowOf(initial(join([6], number(0), number(2000)))), starting);
});

Deno.test("tls: a hello of QUIC that is not read says why", () => {
  const unread = (...payloads: Uint8Array[]) => flowOf(...payloads).tls_unread;
  const frame = datagram(hello());
  const cut = { ...frame, data: frame.data.slice(0, 128), wire: frame.data.length };
  assertEquals(dissect([cut], CHAINS).flows[0]!.tls_unread, "cut");
  assertEquals(unread(initial(crypto(0, message().with(0, 2)))), "malformed");
  assertEquals(unread(initial(crypto(0, message().with(38, 200)))), "malformed");
  assertEquals(unread(initial(crypto(16_384, Uint8Array.of(1)))), "long");
  assertEquals(unread(initial(crypto(0, Uint8Array.of(1, 1, 0, 0)))), "long");
});
