import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { chains } from "../../../src/observe/chains.ts";
import { instantiate } from "../../../src/host/wasm.ts";
import { drained, drainedText, ETHERNET, feed, flowTable, RAW, there } from "../../data/dissect.ts";
import { be16, ethernet, type Frame, ip4, ip6, join, records, tcp } from "../../data/packets.ts";

const basic = { chains: ["basic"] };

/** The text of an IPv6 address, given as eight groups, in a record. */
function text6(groups: readonly number[]): string {
  const table = flowTable(basic);
  const destination = groups.flatMap(be16);
  feed(table, [{ time: 1, data: ip6(tcp(), { destination }) }], RAW);
  table.flush();
  return drained(table)[0]!.dip;
}

Deno.test("IPv6 addresses as RFC 5952 writes them", () => {
  const cases: [number[], string][] = [
    [[0, 0, 0, 0, 0, 0, 0, 0], "::"],
    [[0, 0, 0, 0, 0, 0, 0, 1], "::1"],
    [[1, 0, 0, 0, 0, 0, 0, 0], "1::"],
    [[0x2001, 0xdb8, 0, 0, 0, 0, 2, 1], "2001:db8::2:1"],
    [[0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], "2001:db8:0:1:1:1:1:1"], // one group is not shortened
    [[0x2001, 0, 0, 1, 0, 0, 0, 1], "2001:0:0:1::1"], // the longest run
    [[0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], "2001:db8::1:0:0:1"], // the first of equal runs
    [[0, 1, 2, 3, 4, 5, 6, 7], "0:1:2:3:4:5:6:7"],
    [[0, 0, 2, 3, 4, 5, 6, 7], "::2:3:4:5:6:7"],
    [[1, 2, 3, 4, 5, 6, 0, 0], "1:2:3:4:5:6::"],
    [[1, 2, 3, 4, 5, 6, 7, 0], "1:2:3:4:5:6:7:0"],
    [[0xffff, 0xfff, 0xff, 0xf, 0xa0, 0xb00, 0xc000, 0xd], "ffff:fff:ff:f:a0:b00:c000:d"],
    [[0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201], "::ffff:c000:201"],
    [Array(8).fill(0xabcd), Array(8).fill("abcd").join(":")],
  ];
  for (const [groups, text] of cases) assertEquals(text6(groups), text);
});

Deno.test("IPv6 addresses read the same as ipaddr.js writes them", () => {
  const group = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat(15) },
    { weight: 1, arbitrary: fc.nat(0xffff) },
  );
  const addresses = fc.sample(fc.array(group, { minLength: 8, maxLength: 8 }), {
    numRuns: 20_000,
    seed: 5952,
  });
  // Every pattern of zero groups there is
  for (let i = 0; i < 256; i++) addresses.push([...Array(8).keys()].map((g) => i >> g & 1));
  const table = flowTable(basic);
  const frames = addresses.map((groups, i): Frame => ({
    time: 1,
    data: ip6(tcp({ source: i & 0xffff, destination: i >> 16 }), {
      source: Array(16).fill(255),
      destination: groups.flatMap(be16),
    }),
  }));
  feed(table, frames, RAW);
  table.flush();
  const flows = drained(table);
  assertEquals(flows.length, addresses.length);
  for (const flow of flows) {
    assertEquals(flow.dip, new ipaddr.IPv6(addresses[flow.sp!]!).toRFC5952String());
  }
});

Deno.test("IPv4 addresses of one, two and three digits", () => {
  for (const octets of [[0, 0, 0, 0], [255, 255, 255, 255], [1, 22, 133, 9], [10, 99, 100, 199]]) {
    const table = flowTable(basic);
    feed(table, [{ time: 1, data: ip4(tcp(), { source: octets }) }], RAW);
    table.flush();
    assertEquals(drained(table)[0]!.sip, octets.join("."));
  }
});

/** What stands in a record's field, as text. */
function written(line: string, name: string): string {
  return new RegExp(`"${name}":([^,}]*)`).exec(line)![1]!;
}

Deno.test("times have six decimals; what is below a microsecond is cut off", () => {
  const cases: [number, number, string][] = [
    [0, 0, "0.000000"],
    [0, 999, "0.000000"],
    [0, 1000, "0.000001"],
    [1_700_000_000, 999_999_999, "1700000000.999999"],
    [1_700_000_000, 100_000_000, "1700000000.100000"],
    [1, 10_000, "1.000010"],
    [4_294_967_295, 999_999_999, "4294967295.999999"],
    [4_294_967_295, 4_294_967_295, "4294967299.294967"],
  ];
  for (const [seconds, nanoseconds, text] of cases) {
    const table = flowTable(basic);
    const record = records([there(0)]);
    new DataView(record.buffer).setUint32(0, seconds, true);
    new DataView(record.buffer).setUint32(4, nanoseconds, true);
    table.input(1).set(record);
    table.dissect(record.length, ETHERNET, 1);
    table.flush();
    const line = drainedText(table);
    assertEquals(written(line, "pkt_first"), text);
    assertEquals(written(line, "pkt_last"), text);
  }
});

Deno.test("the fraction of a stamp is in microseconds or nanoseconds", () => {
  const table = flowTable(basic);
  const record = records([there(7)]);
  new DataView(record.buffer).setUint32(4, 123_456, true);
  for (const fraction of [1000, 1]) {
    table.input(1).set(record);
    table.dissect(record.length, ETHERNET, fraction);
    table.flush();
  }
  assertEquals(drained(table).map((flow) => flow.pkt_first), [7.123456, 7.000123]);
});

Deno.test("numbers of every length", () => {
  // The flow's counters, set from outside: no capture is that long
  const values = [
    0n,
    9n,
    10n,
    99n,
    100n,
    4_294_967_295n,
    4_294_967_296n,
    10n ** 19n - 1n,
    10n ** 19n,
  ]
    .concat(2n ** 64n - 1n);
  const wasm = instantiate();
  assert(wasm.setup(1, 30e6, 5e6, false, 1 << 16, 1 << 16, 0));
  new Uint8Array(wasm.memory.buffer).set(new Uint8Array(32).fill(255), wasm.inputAt());
  const flow = wasm.expect(6, 6, 65_535, 65_535);
  const size = wasm.flowSize();
  const record = () => {
    const octets = wasm.record(flow);
    return new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, wasm.outputAt(), octets));
  };
  const view = new DataView(wasm.memory.buffer);
  // The place of the counters is found by what is written
  const place = Array.from({ length: size / 8 }, (_, i) => flow + i * 8).find((at) => {
    const before = view.getBigUint64(at, true);
    view.setBigUint64(at, 12_345_678n, true);
    const found = written(record(), "oct_fwd") === "12345678";
    view.setBigUint64(at, before, true);
    return found;
  })!;
  for (const value of values) {
    view.setBigUint64(place, value, true);
    assertEquals(written(record(), "oct_fwd"), `${value}`);
  }
});

Deno.test("every choice of chains gives their own fields in order, one line a flow", () => {
  const all = chains();
  // Each chain alone, each left out, each pair
  const masks = new Set([0, (1 << all.length) - 1]);
  for (let i = 0; i < all.length; i++) {
    masks.add(((1 << all.length) - 1) ^ (1 << i));
    for (let j = 0; j < all.length; j++) masks.add(1 << i | 1 << j);
  }
  for (const mask of masks) {
    const chosen = all.filter((_, i) => mask >> i & 1);
    const table = flowTable({ chains: chosen.map((chain) => chain.name) });
    feed(table, [there(1), there(1, { source: 1 })]);
    table.flush();
    const text = drainedText(table);
    assertEquals(text.endsWith("\n"), true);
    const lines = text.slice(0, -1).split("\n");
    assertEquals(lines.length, 2);
    for (const line of lines) {
      const names = Object.keys(JSON.parse(line));
      assertEquals(names, chosen.flatMap((chain) => chain.fields.map((field) => field.name)));
      assertEquals(/\s/.test(line), false);
    }
  }
});

Deno.test("text that is kept for the next record is that of the same values", () => {
  // More values than a table of kept texts has entries, each seen again after the others
  const frame = (i: number): Frame => ({
    time: 1,
    data: ethernet(
      ip4(tcp({ source: i, flags: 2, window: i % 977, options: [2, 4, ...be16(i % 1021)] }), {
        tos: i % 256,
        ttl: i % 211,
        fragment: (i % 2) << 15,
      }),
    ),
  });
  const table = flowTable();
  for (const round of [0, 1, 2]) {
    feed(table, Array.from({ length: 5000 }, (_, i) => frame(i)));
    table.flush();
    for (const flow of drained(table)) {
      const i = flow.sp!;
      assertEquals(
        [
          flow.tcpx_window_fwd,
          flow.mss_value_fwd,
          flow.dscp_mark_syn_fwd,
          flow.tcpx_ttl_fwd,
          flow.evilbit_syn_fwd,
          flow.ecn_ce_syn_fwd,
        ],
        [i % 977, i % 1021, i >> 2 & 63, i % 211, i % 2 === 1, (i & 3) === 3],
        `round ${round}`,
      );
    }
  }
});

Deno.test("more records than the output has room for come in parts of whole lines", () => {
  const table = flowTable();
  const FLOWS = 20_000;
  feed(table, Array.from({ length: FLOWS }, (_, i) => there(1, { source: i })));
  table.flush();
  let parts = 0, lines = 0;
  for (let part = table.drain(); part.length > 0; part = table.drain()) {
    const text = new TextDecoder().decode(part);
    assert(text.startsWith("{") && text.endsWith("}\n"));
    lines += text.split("\n").length - 1;
    parts++;
  }
  assertEquals(lines, FLOWS);
  assert(parts > 1);
});

Deno.test("the output never takes more than its room, at any size and with any chains", () => {
  for (const bits of [0, 1, 2, 4, 8, 0xfff]) {
    for (let room = 0; room <= 4096; room += 64) {
      const wasm = instantiate();
      assert(wasm.setup(bits, 30e6, 5e6, false, 1 << 17, room, 0));
      const data = join(
        ...Array.from({ length: 200 }, (_, i) =>
          records([{
            time: 4e9,
            data: ip6(tcp({ source: 60_000 + i }), { source: Array(16).fill(255) }),
          }])),
      );
      assert(wasm.reserve(200));
      const memory = new Uint8Array(wasm.memory.buffer);
      memory.set(data, wasm.inputAt());
      wasm.dissect(data.length, RAW, 1);
      wasm.flush();
      let behind = wasm.outputAt() + room;
      let octets = wasm.drain();
      assert(octets > 0);
      // At least one record always fits: the room grows to it
      if (room === 0) behind = wasm.outputAt() + octets;
      const before = memory.slice(behind, behind + 8);
      let lines = 0;
      for (; octets > 0; octets = wasm.drain()) {
        lines += memory.subarray(wasm.outputAt(), wasm.outputAt() + octets)
          .filter((octet) => octet === 10).length;
        if (room >= 2048) assert(octets <= room);
        if (bits === 0 && room > 0) assert(octets <= room, `${octets} in ${room}`);
        if (bits === 0 && room > 0) assertEquals(memory.slice(behind, behind + 8), before);
      }
      assertEquals(lines, 200);
    }
  }
});

Deno.test("the longest record there can be fits the bound", () => {
  const wasm = instantiate();
  // Those that keep nothing in annexes, whose addresses are filled too
  const within = chains().findIndex(({ name }) => name === "icmpx");
  assert(wasm.setup(2 ** within - 1, 30e6, 5e6, false, 1 << 16, 0, 0));
  // With no room asked for, the output is as long as the longest record; the index comes behind it
  new Uint8Array(wasm.memory.buffer).set(new Uint8Array(32).fill(0xaa), wasm.inputAt());
  const flow = wasm.expect(6, 6, 65_535, 65_535);
  const values = new Uint8Array(wasm.memory.buffer, flow + 64, wasm.flowSize() - 64);
  values.fill(0xee);
  const octets = wasm.record(flow);
  const bound = chains().slice(0, within).flatMap((chain) => chain.fields)
    .reduce((sum, field) => sum + field.name.length + 4 + 56, 3);
  assert(octets <= bound, `${octets} of ${bound}`);
});
