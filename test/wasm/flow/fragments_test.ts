import { assertEquals } from "@std/assert";
import type { FlowTableOptions } from "../../../src/observe/flow_table.ts";
import { dissect, drained, feed, flowTable, passedOver, RAW } from "../../data/dissect.ts";
import {
  A4,
  A6,
  B4,
  B6,
  DCCP,
  FIN,
  fragment6,
  type Frame,
  ICMP,
  icmpError,
  type Ip4,
  ip4,
  ip6,
  join,
  RST,
  SCTP,
  SYN,
  TCP,
  tcp,
  UDP,
  udp,
  UDPLITE,
} from "../../data/packets.ts";
import { random } from "../../data/random.ts";

const MORE = 0x2000;
const BACK: Ip4 = { source: B4, destination: A4 };
const data = new Uint8Array(400);

const first = (ip: Ip4 = {}, source = 5000, destination = 53) =>
  ip4(udp(data, source, destination), { protocol: UDP, fragment: MORE, ...ip });
const later = (ip: Ip4 = {}) => ip4(data, { protocol: UDP, fragment: 51, ...ip });
const first6 = (id: number, source = 5000) =>
  ip6(join(fragment6(UDP, 0, true, id), udp(data, source)), { next: 44 });
const later6 = (id: number, next = UDP) =>
  ip6(join(fragment6(next, 51, false, id), data), { next: 44 });

/** Packets and octets each way of every flow with its source port, then what was in none. */
function counts(packets: readonly Uint8Array[], options: Partial<FlowTableOptions> = {}) {
  return countsOf(packets.map((data, i) => ({ time: 1000 + i / 1024, data })), options);
}

function countsOf(frames: readonly Frame[], options: Partial<FlowTableOptions> = {}) {
  const { flows, passedOver } = dissect(frames, { link: RAW, ...options });
  const { fragments_joined: _, ...passed } = passedOver;
  return [
    ...flows.map((flow) => [flow.sp, flow.pkt_fwd, flow.pkt_rev, flow.oct_fwd, flow.oct_rev])
      .sort((a, b) => a[0]! - b[0]!),
    ...Object.entries(passed),
  ];
}

Deno.test("later fragments count to the flow of their first one, in its direction", () => {
  assertEquals(counts([first(), later(), later({ fragment: 100 })]), [[5000, 3, 0, 428 + 840, 0]]);
  const answer = [first({ ...BACK, id: 9 }, 53, 5000), later({ ...BACK, id: 9 })];
  assertEquals(counts([first(), later(), ...answer]), [[5000, 2, 2, 848, 848]]);
  // Two packets of one direction, and of two flows, their fragments mixed
  const other = { id: 2 };
  assertEquals(counts([first(), first(other, 5001), later(), later(other), later(other)]), [
    [5000, 2, 0, 848, 0],
    [5001, 3, 0, 428 + 840, 0],
  ]);
});

Deno.test("IPv6: an identification of 32 bits, and the protocol of the first fragment", () => {
  const octets = 40 + 8 + 400;
  const [one, other] = [0x1_0007, 0x2_0007];
  assertEquals(counts([first6(one), first6(other, 6), later6(one), later6(one)]), [
    [6, 1, 0, octets + 8, 0],
    [5000, 3, 0, 3 * octets + 8, 0],
  ]);
  // What a later fragment says of the protocol does not matter (RFC 8200, section 4.5)
  assertEquals(counts([first6(one), later6(one, TCP), later6(one, 60)])[0]?.[1], 3);
});

Deno.test("a later fragment is looked at by chains that need no ports", () => {
  const { flows: [flow] } = dissect(
    [ip4(tcp({ flags: SYN }), { fragment: MORE }), ip4(data, { fragment: 3, tos: 3 })].map((
      data,
    ) => ({ time: 1, data })),
    { link: RAW },
  );
  assertEquals([flow?.pkt_fwd, flow?.ecn_ce_data_fwd, flow?.ecn_ce_syn_fwd], [2, true, false]);
});

Deno.test("later fragments that come before their first one wait for it", () => {
  assertEquals(counts([later(), first(), later()]), [[5000, 3, 0, 428 + 840, 0]]);
  assertEquals(counts([later6(7), later6(7, TCP), first6(7)]).map((flow) => flow[1]), [3]);
  // In the direction of their first one, also in a flow that there is
  const answer = { ...BACK, id: 9 };
  assertEquals(counts([first(), later(answer), first(answer, 53, 5000), later()]), [
    [5000, 2, 2, 848, 848],
  ]);
  // Each to its own first one, whatever order they have
  const other = { id: 2 };
  assertEquals(counts([later(other), later(), later(other), first(), first(other, 5001)]), [
    [5000, 2, 0, 848, 0],
    [5001, 3, 0, 428 + 840, 0],
  ]);
  assertEquals(counts([later(), first(), first({}, 5001)]).map((flow) => flow[1]), [2, 1]);
});

Deno.test("what waited counts with its own time, length, ECN field and reserved flag", () => {
  const frames = [
    { time: 10, data: later({ tos: 3 }).subarray(0, 30), wire: 420 },
    { time: 12, data: first({ tos: 0xb8 }) },
  ];
  frames[0]!.data[6]! |= 0x80;
  const { flows: [flow], passedOver } = dissect(frames, { link: RAW });
  assertEquals([flow?.pkt_first, flow?.pkt_last, flow?.oct_fwd], [10, 12, 848]);
  assertEquals([flow?.ecn_ce_data_fwd, flow?.dscp_mark_data_fwd], [true, 46]);
  assertEquals(passedOver, { fragments_joined: 1 });
  const six = dissect([{ time: 1, data: later6(7) }, { time: 2, data: first6(7) }], { link: RAW });
  assertEquals([six.flows.length, six.flows[0]?.pkt_fwd], [1, 2]);
});

Deno.test("a later fragment without its first one is an orphan, once", () => {
  assertEquals(counts([later6(7)]), [["fragments_orphaned", 1]]);
  assertEquals(counts([later(), first({ id: 2 }), later()]), [[5000, 1, 0, 428, 0], [
    "fragments_orphaned",
    2,
  ]]);
  const at = (time: number, data: Uint8Array) => ({ time, data });
  assertEquals(countsOf([at(100, later()), at(130, first())]), [[5000, 2, 0, 848, 0]]);
  assertEquals(countsOf([at(100, later()), at(130.001, first())]), [[5000, 1, 0, 428, 0], [
    "fragments_orphaned",
    1,
  ]]);
  // Others have come in the meantime, also after it was taken out
  assertEquals(countsOf([at(100, later()), at(131, later({ id: 2 })), at(132, first())])[1], [
    "fragments_orphaned",
    2,
  ]);
  const taken = [at(100, later()), at(101, first()), at(140, later({ id: 2 })), at(141, later())];
  assertEquals(countsOf(taken), [[5000, 2, 0, 848, 0], ["fragments_orphaned", 2]]);
});

Deno.test("a flood of later fragments: the last ones wait, and every one is accounted for", () => {
  const FLOOD = 9000;
  const data = new Uint8Array(8);
  const of = (i: number) => ({ id: i, protocol: UDP, source: [10, 0, 0, i & 3] });
  const flood = Array.from({ length: FLOOD }, (_, i) => ({
    time: 1 + i / 1e6,
    data: ip4(data, { ...of(i), fragment: 9 }),
  }));
  const firsts = Array.from({ length: FLOOD }, (_, i) => ({
    time: 2,
    data: first(of(i), i),
  }));
  const { flows, stats } = dissect([...flood, ...firsts], { link: RAW, chains: ["basic"] });
  assertEquals([stats.fragments_joined, stats.fragments_orphaned], [2048, FLOOD - 2048]);
  const joined = flows.filter((flow) => flow.pkt_fwd === 2).map((flow) => flow.sp!);
  assertEquals(Math.min(...joined), FLOOD - 2048);
  assertEquals([flows.length, joined.length], [FLOOD, 2048]);
});

Deno.test("fragments are told apart by all that identifies their packet", () => {
  const strangers = [
    later({ id: 2 }),
    later({ protocol: TCP }),
    later({ source: A4.with(3, 9) }),
    later({ destination: B4.with(3, 9) }),
    later(BACK),
    later6(1),
  ];
  for (const stranger of strangers) {
    assertEquals(counts([first(), stranger]), [[5000, 1, 0, 428, 0], ["fragments_orphaned", 1]]);
  }
  const change = [
    ip6(join(fragment6(UDP, 9, false, 1), data), { next: 44, source: A6.with(15, 9) }),
    ip6(join(fragment6(UDP, 9, false, 1), data), { next: 44, destination: B6.with(15, 9) }),
    later6(2),
    later6(0x1_0001),
    later(),
  ];
  for (const stranger of change) assertEquals(counts([first6(1), stranger]).length, 2);
});

Deno.test("a note of ports is good for 30 seconds, and a newer one replaces it", () => {
  const at = (time: number, data: Uint8Array) => ({ time, data });
  const options = { idle: 1000 };
  assertEquals(countsOf([at(100, first()), at(130, later())], options).length, 1);
  assertEquals(countsOf([at(100, first()), at(130.001, later())], options)[1], [
    "fragments_orphaned",
    1,
  ]);
  // Time that falls back a little
  assertEquals(countsOf([at(100, first()), at(99, later())], options).length, 1);
  const again = [at(100, first()), at(101, first({}, 5001)), at(102, later())];
  assertEquals(countsOf(again, options).map((flow) => flow[1]), [1, 2]);
});

Deno.test("a whole packet, also one in an atomic fragment, leaves no note", () => {
  assertEquals(counts([first({ fragment: 0 }), later()]).length, 2);
  assertEquals(counts([first({ fragment: 0x4000 }), later()]).length, 2);
  const atomic = ip6(join(fragment6(UDP, 0, false, 7), udp(data)), { next: 44 });
  assertEquals(counts([atomic, later6(7)]).length, 2);
});

Deno.test("a first fragment with a part of its transport header names its flow by the ports", () => {
  const headers: readonly [protocol: number, header: Uint8Array, least: number][] = [
    [TCP, tcp({ flags: SYN, options: [2, 4, 5, 180] }), 24],
    [UDP, udp(data), 8],
    [SCTP, udp(data), 12],
    [DCCP, udp(data), 12],
    [UDPLITE, udp(data), 8],
  ];
  for (const [protocol, header, least] of headers) {
    const port = header[0]! << 8 | header[1]!;
    for (let octets = 0; octets < least; octets++) {
      const tiny = header.slice(0, octets);
      const [one, other] = [
        ip4(tiny, { protocol, fragment: MORE }),
        ip6(join(fragment6(protocol, 0, true, 7), tiny), { next: 44 }),
      ];
      const [rest, rest6] = [later({ protocol, fragment: 1 }), later6(7, protocol)];
      if (octets < 4) {
        assertEquals(counts([one, rest])[0]?.[1], 1);
        assertEquals(counts([other, rest6])[1], ["fragments_orphaned", 1]);
      } else {
        const both = rest.length + one.length;
        assertEquals(counts([one, rest]), [[port, 2, 0, both, 0]], `${protocol}, ${octets}`);
        assertEquals(counts([other, rest6])[0]?.slice(0, 2), [port, 2]);
      }
      // The same in a whole packet contradicts itself
      assertEquals(dissect([{ time: 1, data: ip4(tiny, { protocol }) }], { link: RAW }).flows, []);
    }
  }
});

Deno.test("nothing but the ports is read of such a fragment", () => {
  const syn = tcp({ flags: SYN | FIN | RST, options: [2, 4, 5, 180] });
  for (const octets of [8, 16, 20]) {
    const tiny = ip4(syn.subarray(0, octets), { fragment: MORE, tos: 3 });
    const { flows: [flow] } = dissect([
      { time: 1, data: tiny },
      { time: 2, data: ip4(tcp(), { ...BACK, tos: 4 }) },
    ], { link: RAW });
    const { tcp_synflags_fwd, tcp_fin_fwd, tcp_rst_fwd, mss_len_fwd, tcpx_ttl_fwd } = flow!;
    assertEquals(
      [tcp_synflags_fwd, tcp_fin_fwd, tcp_rst_fwd, mss_len_fwd, tcpx_ttl_fwd],
      [null, false, false, null, null],
    );
    assertEquals([flow?.ecn_ce_data_fwd, flow?.dscp_mark_data_fwd], [true, null]);
  }
  // What the capture cut is not called a lie, and names no flow where the ports are gone
  const whole = ip4(syn.subarray(0, 8), { fragment: MORE });
  for (const captured of [20, 23]) {
    const frame = { time: 1, data: whole.subarray(0, captured), wire: whole.length };
    assertEquals(dissect([frame], { link: RAW }).passedOver, { truncated: 1 });
  }
});

Deno.test("a later fragment begins no flow, and none of a flow that is over counts to another", () => {
  const table = flowTable({ idle: 5, chains: ["basic"] });
  const send = (time: number, data: Uint8Array) => feed(table, [{ time, data }], RAW);
  send(100, first());
  // Its place in memory is another flow's now
  send(106, first({ id: 3 }, 7));
  send(106, later());
  table.flush();
  assertEquals(drained(table).map((flow) => [flow.sp, flow.pkt_fwd]), [[5000, 1], [7, 1]]);
  assertEquals(passedOver(table), { fragments_orphaned: 1 });
});

Deno.test("fragments of flows that are expected, released, or unknown", () => {
  const table = flowTable({ expectedOnly: true });
  const flow = table.expect({ address: "192.0.2.1", port: 5000 }, {
    address: "198.51.100.7",
    port: 53,
  }, UDP);
  const send = (data: Uint8Array) => feed(table, [{ time: 1, data }], RAW);
  [first(), later(), first({ id: 8 }, 4), later({ id: 8 })].forEach(send);
  assertEquals(JSON.parse(table.record(flow)).pkt_fwd, 2);
  table.release(flow);
  send(later());
  table.flush();
  assertEquals(passedOver(table), {
    fragments_joined: 1,
    fragments_orphaned: 1,
    unexpected: 1,
    late: 1,
  });
});

Deno.test("fragments that overlap or lie about their place count like others", () => {
  const odd = [0x2001, 0x0001, 0x2032, 0x0032, 0x1fff, 0x3fff].map((fragment) =>
    later({ fragment })
  );
  assertEquals(counts([first(), ...odd, ...odd]), [[5000, 13, 0, 428 + 12 * 420, 0]]);
  const largest = ip4(new Uint8Array(65_515), { protocol: UDP, fragment: 0x1fff });
  assertEquals(counts([first(), largest]), [[5000, 2, 0, 428 + 65_535, 0]]);
});

Deno.test("an error that quotes a later fragment counts to the flow of the first", () => {
  const error = (quoted: Uint8Array) =>
    ip4(icmpError(11, 1, quoted), { protocol: ICMP, source: [203, 0, 113, 9], destination: A4 });
  assertEquals(counts([first(), later(), error(later().subarray(0, 28))]), [
    [5000, 2, 1, 848, 56],
  ]);
  const unknown = counts([first(), error(later({ id: 5 }).subarray(0, 28))]);
  assertEquals(unknown.map((flow) => flow[1]), [1, 1]);
});

Deno.test("a flood of first fragments: the last ones find their flows, and nothing is lost", () => {
  const FLOOD = 100_000;
  const table = flowTable({ chains: ["basic"] });
  const frames = Array.from({ length: FLOOD }, (_, i) => ({
    time: 1 + i / 1e6,
    data: first({ id: i & 65535, source: [10, 0, 0, i >> 16] }, i & 255),
  }));
  feed(table, frames, RAW);
  const last = frames.slice(-1000).map(({ data }) => ({
    time: 2,
    data: ip4(new Uint8Array(8), {
      protocol: UDP,
      fragment: 9,
      id: data[4]! * 256 + data[5]!,
      source: [...data.slice(12, 16)],
    }),
  }));
  feed(table, last, RAW);
  table.flush();
  const { fragments_joined: joined = 0, fragments_orphaned: orphaned = 0 } = table.stats();
  assertEquals(joined + orphaned, 1000);
  assertEquals(joined > 950, true, `${joined} were joined`);
  const packets = drained(table).reduce((sum, flow) => sum + flow.pkt_fwd, 0);
  assertEquals(packets + orphaned, FLOOD + 1000);
});

Deno.test("fragments in any mix: the same flows as with a plain Map", () => {
  const next = random(11);
  const notes = new Map<string, { port: number; time: number }>();
  const flows = new Map<string, number>();
  const waiting = new Map<string, number[]>();
  let [later, joined] = [0, 0];
  const frames: Frame[] = [];
  for (let i = 0; i < 30_000; i++) {
    const time = 1000 + i / 64;
    const [id, host, version] = [next(40), next(3), next(2) * 2 + 4];
    const whole = `${version} ${host} ${id}`;
    const begins = next(3) === 0;
    const port = next(20);
    const count = (port: number) => {
      const flow = `${version} ${host} ${port}`;
      flows.set(flow, (flows.get(flow) ?? 0) + 1);
    };
    if (begins) {
      notes.set(whole, { port, time });
      const good = (waiting.get(whole) ?? []).filter((since) => time - since <= 30);
      waiting.delete(whole);
      joined += good.length;
      for (let counted = 0; counted <= good.length; counted++) count(port);
    } else {
      later++;
      const note = notes.get(whole);
      if (note && time - note.time <= 30) {
        count(note.port);
        joined++;
      } else waiting.set(whole, [...waiting.get(whole) ?? [], time]);
    }
    const payload = begins ? udp(new Uint8Array(3), port, 1) : new Uint8Array(11);
    const ip = { id, source: [10, 0, 0, host], protocol: UDP, fragment: begins ? MORE : 5 };
    frames.push({
      time,
      data: version === 4 ? ip4(payload, ip) : ip6(
        join(fragment6(begins ? UDP : next(256), begins ? 0 : 5, true, id), payload),
        { next: 44, source: A6.with(15, host) },
      ),
    });
  }
  const found = dissect(frames, { link: RAW, idle: 1e6 });
  const expected = [...flows].map(([key, packets]) => `${key} ${packets}`).sort();
  const seen = found.flows.map((flow) => {
    const version = flow.sip.includes(":") ? 6 : 4;
    const host = Number(flow.sip.split(version === 4 ? "." : ":").at(-1));
    return `${version} ${host} ${flow.sp} ${flow.pkt_fwd}`;
  });
  assertEquals(seen.sort(), expected);
  const { fragments_joined, fragments_orphaned } = found.stats;
  assertEquals([fragments_joined, fragments_orphaned], [joined, later - joined]);
});
