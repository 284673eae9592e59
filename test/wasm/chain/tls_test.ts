import { assertEquals, assertMatch } from "@std/assert";
import { back, dissect, drained, feed, flowTable, there } from "../../data/dissect.ts";
import { ACK, type Frame, SYN } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";
import {
  alpn,
  type ClientHello,
  clientHello,
  serverHello,
  signatureAlgorithms,
  sni,
  supportedVersions,
} from "../../data/tls.ts";

const CHAINS = { chains: ["tls"] };
const BEGIN = 2 ** 32 - 20;

/** Payload at a place of the stream, whose numbers wrap around. */
const sent = (payload: Uint8Array, from = 0): Frame =>
  there(0, { flags: ACK, sequence: (BEGIN + from) % 2 ** 32, payload });
const flowOf = (...frames: Frame[]) => dissect(frames, CHAINS).flows[0]!;
const fingerprint = (hello: ClientHello) => flowOf(sent(clientHello(hello))).tls_ja4;

const CIPHERS = [
  ...[0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8],
  ...[0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035],
];
const ALGORITHMS = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
const empty = (type: number) => [type, []] as const;

/** The ClientHello of the worked example in the technical description of JA4, with reserved values among it. */
const EXAMPLE: ClientHello = {
  ciphers: [0x0a0a, ...CIPHERS],
  extensions: [
    empty(0x3a3a),
    empty(0x001b),
    sni("a.example"),
    ...[0x0033, 0x0005, 0x4469].map(empty),
    alpn("h2", "http/1.1"),
    ...[0x0012, 0x0017, 0x002d].map(empty),
    signatureAlgorithms(...ALGORITHMS),
    supportedVersions(0x2a2a, 0x0304, 0x0303),
    ...[0xff01, 0x000b, 0x000a, 0x0023, 0x0015].map(empty),
    empty(0xdada),
  ],
};

Deno.test("tls: starting values, and payloads that begin no hello", () => {
  const starting = startingOf("tls_");
  assertEquals<unknown>(flowOf(there(0), back(1)), starting);
  for (const [at, octet] of [[0, 23], [1, 2], [2, 5], [5, 11], [6, 1]] as const) {
    const payload = clientHello(EXAMPLE).with(at, octet);
    assertEquals<unknown>(flowOf(sent(payload)), starting, `${at}`);
  }
  assertEquals<unknown>(flowOf(sent(clientHello().slice(0, 6))), starting);
});

Deno.test("tls: the worked example of JA4's description, and what the hello offers", () => {
  assertEquals<unknown>(flowOf(sent(clientHello(EXAMPLE))), {
    tls_versions: [0x0304, 0x0303],
    tls_version: null,
    tls_sni: "a.example",
    tls_alpn: ["h2", "http/1.1"],
    tls_ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1",
    tls_ech: false,
    tls_unread: null,
  });
});

Deno.test("tls: reserved values are passed over among signature algorithms too, as Chromium sends them", () => {
  const extensions = EXAMPLE.extensions!.map((one) =>
    one[0] === 13 ? signatureAlgorithms(0xbaba, ...ALGORITHMS) : one
  );
  assertEquals(fingerprint({ ...EXAMPLE, extensions }), fingerprint(EXAMPLE));
});

Deno.test("tls: JA4 where parts are missing, many or strange", () => {
  assertEquals(
    fingerprint({ ciphers: [], extensions: [] }),
    "t12i000000_000000000000_000000000000",
  );
  assertEquals(fingerprint({ ciphers: [] }), "t12i000000_000000000000_000000000000");
  const many = Array.from({ length: 120 }, (_, i) => i + 1);
  assertMatch(fingerprint({ ciphers: many, extensions: [] })!, /^t12i990000_/);
  // Only what depends on the server: the sorted list is empty
  assertMatch(
    fingerprint({ extensions: [sni("a"), alpn("x")] })!,
    /^t12d0102xx_[0-9a-f]{12}_000000000000$/,
  );
  const begins = (version: number, ...extensions: NonNullable<ClientHello["extensions"]>) =>
    fingerprint({ version, extensions })!.slice(0, 10);
  assertEquals(begins(0x0301), "t10i010000");
  assertEquals(begins(0x0302), "t11i010000");
  assertEquals(begins(0x0300), "ts3i010000");
  assertEquals(begins(0x0305), "t00i010000");
  assertEquals(begins(0x0303, supportedVersions(0x0304)), "t13i010100");
  assertEquals(begins(0x0303, supportedVersions(0x7a7a)), "t12i010100");
  assertEquals(begins(0x0303, alpn("http/1.1")), "t12i0101h1");
  assertEquals(begins(0x0303, alpn("\x0ax")), "t12i010108");
});

Deno.test("tls: the version that the server chose", () => {
  const version = (hello: Uint8Array) =>
    flowOf(sent(clientHello()), back(1, { payload: hello })).tls_version;
  assertEquals([version(serverHello(0x0303, 0x0304)), version(serverHello(0x0302))], [
    0x0304,
    0x0302,
  ]);
});

Deno.test("tls: encrypted client hello", () => {
  assertEquals(flowOf(sent(clientHello({ extensions: [empty(0xfe0d)] }))).tls_ech, true);
});

Deno.test("tls: names and protocols that are no text are escaped, octet by octet", () => {
  const table = flowTable(CHAINS);
  const name = 'a"\\\n\x7f\u00e9';
  feed(table, [sent(clientHello({ extensions: [sni(name), alpn('"', "\\x")] }))]);
  table.flush();
  const [flow] = drained(table);
  const octets = String.fromCharCode(...new TextEncoder().encode(name));
  assertEquals([flow!.tls_sni, flow!.tls_alpn], [octets, ['"', "\\x"]]);
});

Deno.test("tls: the longest record fits, with all that a hello may have", () => {
  const long = "\x01".repeat(255);
  const versions = Array.from({ length: 40 }, (_, i) => 60_000 + i);
  const payload = clientHello({
    extensions: [
      sni(long),
      alpn(...Array.from({ length: 127 }, () => "\x01")),
      supportedVersions(...versions),
    ],
  });
  const flow = dissect([sent(payload)]).flows[0]!;
  assertEquals([flow.tls_sni, flow.tls_alpn?.length, flow.tls_versions], [
    long,
    127,
    versions.slice(0, 32),
  ]);
  assertEquals(flowOf(sent(clientHello({ extensions: [sni(`${long}a`)] }))).tls_unread, "long");
});

Deno.test("tls: a hello in several records, and in segments of any length", () => {
  const expected = flowOf(sent(clientHello(EXAMPLE)));
  for (const most of [2, 7, 100, 16_384]) {
    const payload = clientHello(EXAMPLE, most);
    assertEquals(flowOf(sent(payload)), expected, `${most}`);
    for (const size of [7, 10, 64, 200]) {
      const frames: Frame[] = [];
      for (let at = 0; at < payload.length; at += size) {
        frames.push(sent(payload.slice(at, at + size), at));
        // Sent again, and together with more
        if (at === size) frames.push(sent(payload.slice(0, 2 * size), 0));
      }
      assertEquals(flowOf(...frames), expected, `${most} ${size}`);
    }
  }
});

/** The handshake of TCP before the client's first octet. */
const OPENING = [
  there(0, { flags: SYN, sequence: BEGIN - 1 }),
  back(0, { flags: SYN | ACK }),
  there(0, { flags: ACK, sequence: BEGIN }),
];

Deno.test("tls: a hello in segments in any order, also where the first is overtaken", () => {
  const payload = clientHello(EXAMPLE);
  const expected = flowOf(sent(payload));
  const segments = (size: number) =>
    Array.from(
      { length: Math.ceil(payload.length / size) },
      (_, at) => sent(payload.slice(at * size, (at + 1) * size), at * size),
    );
  for (const size of [120, 70, 33]) {
    const [first, ...rest] = segments(size);
    assertEquals(flowOf(first!, ...rest.toReversed()), expected, `${size}`);
    assertEquals(flowOf(...OPENING, ...rest.toReversed().slice(0, 1), first!, ...rest), expected);
  }
  const [first, second, third] = segments(150);
  assertEquals(third, undefined);
  assertEquals(flowOf(...OPENING, second!, first!), expected);
  assertEquals(flowOf(...OPENING, second!).tls_unread, null);
  // Without its SYN nobody knows that it has overtaken something
  assertEquals(flowOf(second!, first!).tls_unread, "incomplete");
});

Deno.test("tls: what has overtaken no hello says nothing, and is given back", () => {
  const hello = clientHello(EXAMPLE);
  const late = sent(hello.slice(150), 150);
  const others = sent(new TextEncoder().encode("EHLO a.example").slice(0, 150), 0);
  assertEquals<unknown>(flowOf(...OPENING, late, others, sent(hello, 500)).tls_sni, "a.example");
  assertEquals<unknown>(flowOf(...OPENING, late, others), startingOf("tls_"));
  // Of more flows than so many nothing is kept; they are told like those whose beginning is all there is
  const table = flowTable({ ...CHAINS, idle: 1 });
  const of = (source: number, frames: readonly Frame[]) =>
    frames.map((frame) => {
      const data = frame.data.slice();
      const at = data[26 + 3] === 1 ? 34 : 36;
      new DataView(data.buffer).setUint16(at, source);
      return { ...frame, data };
    });
  const first = sent(hello.slice(0, 150), 0);
  const sources = Array.from({ length: 300 }, (_, i) => 1000 + i);
  feed(table, sources.flatMap((source) => of(source, [...OPENING, late])));
  feed(table, sources.flatMap((source) => of(source, [first])));
  table.flush();
  const found = Map.groupBy(drained(table), ({ tls_unread }) => tls_unread);
  assertEquals([found.get(null)?.length, found.get("incomplete")?.length], [256, 44]);
  feed(table, of(1000, [...OPENING, late, first]).map((frame) => ({ ...frame, time: 100 })));
  table.flush();
  assertEquals(drained(table).map(({ tls_unread }) => tls_unread), [null]);
});

Deno.test("tls: a hello that is not read says why", () => {
  const payload = clientHello(EXAMPLE);
  const unread = (...frames: Frame[]) => {
    const { tls_unread, tls_ja4 } = flowOf(...frames);
    assertEquals(tls_ja4, null);
    return tls_unread;
  };
  const [first, second, third] = [0, 60, 120].map((at) => sent(payload.slice(at, at + 60), at));
  assertEquals(unread(first!), "incomplete");
  assertEquals(unread(first!, second!), "incomplete");
  assertEquals(unread(first!, third!), "gap");
  const beyond = sent(payload.slice(180), 16_384);
  assertEquals(unread(first!, third!, beyond, second!, sent(payload.slice(180), 180)), "gap");
  const whole = sent(payload);
  assertEquals(unread({ ...whole, data: whole.data.slice(0, -1), wire: whole.data.length }), "cut");
  const rest = sent(payload.slice(60), 60);
  const cut = { ...rest, data: rest.data.slice(0, -1), wire: rest.data.length };
  assertEquals(unread(first!, cut), "cut");
  const padding = Array.from({ length: 5 }, (_, i) => [100 + i, new Uint8Array(4000)] as const);
  const long = clientHello({ extensions: padding });
  assertEquals(unread(sent(long.slice(0, 1000))), "long");
  assertEquals(unread(sent(payload.with(43, 200))), "malformed");
});

Deno.test("tls: hellos that wait for their rest are bounded, and given back", () => {
  const table = flowTable({ ...CHAINS, idle: 1 });
  const half = clientHello(EXAMPLE).slice(0, 60);
  const hello = (source: number, time: number) => there(time, { source, payload: half });
  const reasons = () => Map.groupBy(drained(table), ({ tls_unread }) => tls_unread);
  feed(table, Array.from({ length: 1500 }, (_, i) => hello(1000 + i, 0)));
  table.flush();
  const found = reasons();
  assertEquals([found.get("incomplete")?.length, found.get("busy")?.length], [1024, 476]);
  feed(table, [hello(1000, 100)]);
  table.flush();
  assertEquals([...reasons().keys()], ["incomplete"]);
});

Deno.test("tls: what a connection began with holds for later parts, also where the rest comes in one", () => {
  const payload = clientHello(EXAMPLE);
  const at = (time: number, from: number, to: number) => ({
    ...sent(payload.slice(from, to), from),
    time,
  });
  const whole = dissect([at(0, 0, 500), { ...there(20), time: 20 }], { ...CHAINS, active: 10 });
  assertEquals(whole.flows.length, 2);
  assertEquals(whole.flows[0], whole.flows[1]);
  const split = dissect([at(0, 0, 60), at(20, 60, 500)], { ...CHAINS, active: 10 });
  assertEquals(split.flows.map(({ tls_unread, tls_sni }) => [tls_unread, tls_sni]), [
    ["incomplete", null],
    [null, "a.example"],
  ]);
});
