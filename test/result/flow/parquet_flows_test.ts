/** Parquet of flow records, read by another library than the one that writes it. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { FlowField } from "../../../src/contract/flow_field.ts";
import { Failure } from "../../../src/host/failure.ts";
import { chains } from "../../../src/observe/chains.ts";
import { type GroupLimits, ParquetFlows } from "../../../src/result/flow/parquet_flows.ts";
import { pcap } from "../../data/captures.ts";
import { ethernet, ip4, ip6, join, SYN, tcp, UDP, udp } from "../../data/packets.ts";
import { Folder } from "../../data/temporary.ts";
import { inProcess } from "../../in_process.ts";
import { results } from "../../spider.ts";

const encoder = new TextEncoder();

type Row = Record<string, unknown>;

/** The file of some records, whose lines come so many at once. */
function fileOf(
  fields: readonly FlowField[],
  rows: readonly Row[],
  atOnce = rows.length,
  group?: GroupLimits,
) {
  const parts: Uint8Array[] = [];
  const sink = new ParquetFlows(fields, (octets) => parts.push(octets.slice()), group);
  for (let at = 0; at < rows.length; at += atOnce) {
    const some = rows.slice(at, at + atOnce);
    sink.records(encoder.encode(some.map((row) => JSON.stringify(row) + "\n").join("")));
  }
  sink.end();
  return join(...parts).buffer;
}

/** A row as a line of JSON has it: times in seconds, and no bigger integers than JSON's. */
function plain(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? value.getTime() / 1000 : JSON.parse(
        JSON.stringify(value ?? null, (_, some) => typeof some === "bigint" ? Number(some) : some),
      ),
    ]),
  );
}

const field = (name: string, type: string): FlowField => ({ name, type, summary: name });

Deno.test("--parquet has every record of every chain, with columns of the declared types", async () => {
  using folder = new Folder();
  const frames = [
    ip4(tcp({ source: 1001, flags: SYN })),
    ip6(udp(new Uint8Array(9), 1002), { next: UDP }),
    ip4(new Uint8Array(20), { protocol: 99 }),
  ].map((packet, at) => ({ time: 1_700_000_000.125 + at, data: ethernet(packet) }));
  const path = folder.put("a.pcap", pcap(frames));
  const names = chains().map(({ name }) => name);
  const lines = results((await inProcess(["observe", "-i", path, ...names])).out);
  const file = folder.at("flows.parquet");
  const { code, err } = await inProcess([
    ...["observe", "-i", path, "--parquet", "--output", file, ...names],
  ]);
  assertEquals([code, err], [0, "3 packets, 3 flows\n"]);
  const octets = Deno.readFileSync(file).buffer;
  assertEquals((await parquetReadObjects({ file: octets })).map(plain), lines);
  const { schema } = parquetMetadata(octets);
  const typeOf = (name: string) => {
    const { type, converted_type } = schema.find((element) => element.name === name)!;
    return [type, converted_type];
  };
  assertEquals(["sip", "sp", "proto", "pkt_first", "pkt_fwd", "tcp_connected"].map(typeOf), [
    ["BYTE_ARRAY", "UTF8"],
    ["INT32", "UINT_16"],
    ["INT32", "UINT_8"],
    ["INT64", "TIMESTAMP_MICROS"],
    ["INT64", undefined],
    ["BOOLEAN", undefined],
  ]);
});

Deno.test("times keep their microseconds, and a field of any type its values", async () => {
  const fields = [
    ...["time", "number?", "string", "json", "strings?", "integers", "spectrum"].map((type) =>
      field(type.replace("?", ""), type)
    ),
  ];
  const rows: Row[] = [
    {
      ...{ time: 1_700_000_000.123456, number: 0.5, string: "höst\n", json: { a: [1, null] } },
      ...{ strings: ["vlan:12", "gre"], integers: [2, 2 ** 52], spectrum: ["red", 1] },
    },
    {
      ...{ time: 4_300_000_000.999999, number: null, string: "", json: null },
      ...{ strings: null, integers: [], spectrum: "red" },
    },
  ];
  const read = await parquetReadObjects(
    {
      file: fileOf(fields, rows),
      parsers: { timestampFromMicroseconds: (count: bigint) => count },
    } as Parameters<typeof parquetReadObjects>[0],
  );
  assertEquals(read.map((row) => row.time), [1_700_000_000_123_456n, 4_300_000_000_999_999n]);
  assertEquals(
    read.map((row) => plain({ ...row, time: Number(row.time) / 1e6 })),
    rows,
  );
});

Deno.test("a value that is not of its field's type is told, and none is changed to fit", () => {
  for (
    const [type, value] of [
      ...[["integer", 1.5], ["integer", "1"], ["boolean", 0], ["port", 65_536], ["protocol", -1]],
      ...[["string", 7], ["string", "\ud800"], ["strings", ["a", 1]], ["integers?", 3]],
    ] as [string, unknown][]
  ) {
    assertThrows(
      () => fileOf([field("odd", type)], [{ odd: value }]),
      Failure,
      "the field odd holds ",
      `${type} ${value}`,
    );
  }
});

Deno.test("a record that does not fit is left out whole, and those before it can be read", async () => {
  const parts: Uint8Array[] = [];
  const fields = [field("first", "integer"), field("second", "integer")];
  const sink = new ParquetFlows(fields, (octets) => parts.push(octets.slice()));
  const rows = [{ first: 1, second: 2 }, { first: 3, second: "four" }];
  const lines = encoder.encode(rows.map((row) => JSON.stringify(row) + "\n").join(""));
  assertThrows(() => sink.records(lines), Failure, 'the field second holds "four"');
  sink.end();
  const read = await parquetReadObjects({ file: join(...parts).buffer });
  assertEquals(read.map(plain), rows.slice(0, 1));
});

Deno.test("row groups are of bounded length, by records and by octets", () => {
  const group = { rows: 100, octets: 10_000 };
  const groups = (rows: readonly Row[], atOnce: number) =>
    parquetMetadata(fileOf([field("a", "integer"), field("b", "string?")], rows, atOnce, group))
      .row_groups.map(({ num_rows: count }) => Number(count));
  const short = Array.from({ length: 250 }, (_, a) => ({ a, b: null }));
  assertEquals(groups(short, 30), [100, 100, 50]);
  assertEquals(groups([], 1), []);
  const long = Array.from({ length: 5 }, (_, a) => ({ a, b: "x".repeat(6000) }));
  assertEquals(groups(long, 1), [2, 2, 1]);
});

Deno.test("what was written before a chain threw can be read", async () => {
  using folder = new Folder();
  const frames = Array.from({ length: 3 }, (_, at) => ({
    time: 1_700_000_000 + at * 100,
    data: ethernet(ip4(tcp({ source: 1001 + at, flags: SYN }))),
  }));
  const chain = folder.put(
    "odd.ts",
    encoder.encode(`export default {
      name: "odd",
      fields: { odd: { type: "integer", summary: "nothing", initial: 0 } },
      tcp(rec, tcp) { if (tcp.sourcePort === 1003) throw new Error("no"); },
    };`),
  );
  const path = folder.put("a.pcap", pcap(frames));
  const file = folder.at("flows.parquet");
  const { code } = await inProcess([
    ...["observe", "-i", path, "--parquet", "--output", file, "--chain", chain],
  ]);
  assertEquals(code, 1);
  const rows = await parquetReadObjects({ file: Deno.readFileSync(file).buffer });
  assert(rows.length >= 2, `${rows.length}`);
});
