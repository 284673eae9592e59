/** Results of a scan as tables, read again by other code than what writes them. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
// @ts-types="../../../src/types/csv.d.ts"
import { parse } from "@std/csv";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { Result } from "../../../src/contract/spider.ts";
import { Failure } from "../../../src/host/failure.ts";
import { ownTable, type ResultTable } from "../../../src/result/scan/result_table.ts";
import type { TableForm } from "../../../src/result/scan/table_form.ts";
import { TableOutput } from "../../../src/result/scan/table_output.ts";
import { zmapTable } from "../../../src/result/scan/zmap_table.ts";
import { Folder } from "../../data/temporary.ts";
import { UnreadPipe } from "../../data/unread_pipe.ts";
import { REFUSED, SILENT } from "./results.ts";

/** The file that some results make. */
async function written(
  folder: Folder,
  table: ResultTable,
  form: TableForm,
  results: readonly Result[],
): Promise<string> {
  const path = folder.at("results");
  const output = TableOutput.open(path, table, form);
  for (const result of results) output.write(result);
  await output.close();
  assertEquals(output.written, results.length);
  return path;
}

/** The result of a target of its own. */
function at(n: number): Result {
  return { ...REFUSED, dip: `10.0.${n >> 8}.${n & 255}` };
}

Deno.test("CSV has a line a target under a header, with conditions that a blank joins", async () => {
  using folder = new Folder();
  const strange = { ...SILENT, sip: null, dp: undefined, missed: { ecn: 'a "b", c\n' } };
  const path = await written(folder, ownTable(false), "csv", [REFUSED, strange]);
  const text = Deno.readTextFileSync(path);
  assert(!text.includes("\r"));
  assertEquals(parse(text), [
    ["dip", "dp", "sip", "from", "to", "method", "conditions", "missed"],
    [
      ...["192.0.2.7", "443", "198.51.100.1"],
      ...["2026-12-01T02:00:00.125Z", "2026-12-01T02:00:01.250Z", "scan"],
      ...["ecn.connectivity.broken ecn.negotiation.failed", ""],
    ],
    [
      ...["2001:db8::7", "", "", "2026-12-01T02:00:00.125Z", "2026-12-01T02:00:01.250Z", "scan"],
      ...["ecn.connectivity.offline", '{"ecn":"a \\"b\\", c\\n"}'],
    ],
  ]);
});

Deno.test("Parquet has typed columns, and the flows as JSON", async () => {
  using folder = new Folder();
  const path = await written(folder, ownTable(true), "parquet", [REFUSED, SILENT]);
  const file = Deno.readFileSync(path).buffer;
  const [first, second] = await parquetReadObjects({ file });
  const { from, to, flow_results, ...rest } = first!;
  assertEquals(rest, {
    ...{ dip: "192.0.2.7", dp: 443, sip: "198.51.100.1", method: "scan" },
    conditions: ["ecn.connectivity.broken", "ecn.negotiation.failed"],
    ...{ missed: null, evidence: null },
  });
  assertEquals([from, to].map((time) => (time as Date).toISOString()), [
    REFUSED.time.from,
    REFUSED.time.to,
  ]);
  assertEquals(flow_results, REFUSED.flow_results as unknown);
  assertEquals(second!.dip, "2001:db8::7");
  const types = parquetMetadata(file).schema.map(({ name, converted_type }) => [
    name,
    converted_type,
  ]);
  assert(types.some(([name, type]) => name === "from" && type === "TIMESTAMP_MICROS"));
  assert(types.some(([name, type]) => name === "dp" && type === "UINT_16"));
});

Deno.test("with zmap's fields there is a row an arm, and what is not known is null", async () => {
  using folder = new Folder();
  const path = await written(folder, zmapTable, "ndjson", [REFUSED, SILENT]);
  const rows = Deno.readTextFileSync(path).trim().split("\n").map((line) => JSON.parse(line));
  const [accepted, refused, silent, ...more] = rows;
  assertEquals(Object.keys(accepted), zmapTable.fields.map(({ name }) => name));
  assertEquals(accepted, {
    ...{ saddr: "192.0.2.7", daddr: "198.51.100.1", sport: 443, dport: 40_001 },
    ...{ ttl: null, window: null, classification: "synack", success: 1, repeat: 0 },
    timestamp_str: "2026-12-01T02:00:00.375Z",
    ...{ timestamp_ts: 1_796_090_400, timestamp_us: 375_000 },
    ...{ icmp_responder: null, icmp_type: null, icmp_code: null },
    ...{ arm: "no_ecn", method: "scan" },
    conditions: ["ecn.connectivity.broken", "ecn.negotiation.failed"],
  });
  assertEquals(
    [refused.arm, refused.classification, refused.success],
    ["ecn", "rst", 0],
  );
  assertEquals(
    [silent.saddr, silent.classification, silent.success, silent.repeat, silent.timestamp_ts],
    ["2001:db8::7", null, 0, null, null],
  );
  assertEquals(more.length, 1);
});

Deno.test("what zmap calls an answer follows from the protocol and how it ended", () => {
  const classified = (proto: number, spdr_outcome: string, more: object = {}) => {
    const flow = { observed: true, proto, spdr_outcome, spdr_stop: REFUSED.time.to, ...more };
    const [row] = zmapTable.rows({ ...REFUSED, flow_results: [flow] } as unknown as Result);
    return [row!.classification, row!.success];
  };
  assertEquals(classified(6, "unreachable"), ["icmp_unreach", 0]);
  assertEquals(classified(17, "refused"), ["icmp_unreach", 0]);
  assertEquals(classified(17, "ok"), ["udp", 1]);
  assertEquals(classified(17, "ok", { dns_response_valid: true }), ["dns", 1]);
  assertEquals(classified(1, "ok"), ["echoreply", 1]);
  assertEquals(classified(58, "ok"), ["echoreply", 1]);
  assertEquals(classified(6, "failed"), [null, 0]);
  assertEquals(classified(6, "ok", { observed: false, missed: "packets dropped" }), [
    "synack",
    null,
  ]);
});

Deno.test("a target without flows has a row all the same", () => {
  const { flow_results: _, ...bare } = REFUSED;
  const [row, ...more] = zmapTable.rows(bare);
  assertEquals(more, []);
  assertEquals([row!.saddr, row!.arm, row!.classification, row!.success], [
    ...["192.0.2.7", null, null, null],
  ]);
});

Deno.test("Parquet of many results is written row group by row group, and read whole", async () => {
  using folder = new Folder();
  const path = folder.at("many.parquet");
  const output = TableOutput.open(path, ownTable(false), "parquet");
  for (let n = 0; n < 20_000; n++) output.write(at(n));
  // A group of 16,384 is complete, as far as whole results go
  assert(output.written >= 16_383 && output.written < 20_000, `${output.written}`);
  await output.close();
  assertEquals(output.written, 20_000);
  const rows = await parquetReadObjects({ file: Deno.readFileSync(path).buffer });
  assertEquals(rows.length, 20_000);
  assertEquals(new Set(rows.map(({ dip }) => dip)).size, 20_000);
});

Deno.test("a full disk is told in a sentence, once, in each form", async () => {
  for (const form of ["ndjson", "csv", "parquet"] as const) {
    const output = TableOutput.open("/dev/full", ownTable(false), form);
    const fill = () => {
      for (let n = 0; n < 40_000; n++) output.write(at(n));
    };
    assertThrows(fill, Failure, "cannot write /dev/full: the disk is full");
    await output.close();
  }
});

Deno.test("a full disk that is found at the end is told there", async () => {
  const output = TableOutput.open("/dev/full", ownTable(false), "parquet");
  output.write(REFUSED);
  await assertRejects(() => output.close(), Failure, "cannot write /dev/full: ");
});

Deno.test("a reader that is slow is waited for, and gets all of it", async () => {
  using pipe = new UnreadPipe();
  const output = TableOutput.open(pipe.path, ownTable(false), "csv");
  const stop = new AbortController();
  let wrote = 0;
  while (output.room(stop.signal) === null) {
    output.write(REFUSED);
    wrote++;
  }
  assert(output.written < wrote);
  const reading = setInterval(() => pipe.read(), 10);
  await output.room(stop.signal);
  await output.close();
  clearInterval(reading);
  assertEquals(parse(pipe.read()).length, 1 + wrote);
  assertEquals(output.written, wrote);
});

Deno.test("nothing is written over what is read", () => {
  using folder = new Folder();
  const list = folder.put("targets", new TextEncoder().encode("192.0.2.1\n"));
  assertThrows(
    () => TableOutput.open(list, ownTable(false), "csv", [list]),
    Failure,
    "is the input itself",
  );
  assertEquals(folder.text("targets"), "192.0.2.1\n");
});
