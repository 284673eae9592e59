/** Parquet, read by another library than the one that writes it, beside the lines of the same results. */
import { assert, assertEquals } from "@std/assert";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { Database } from "../../../src/serve/database/database.ts";
import { ResultStore } from "../../../src/serve/measurements/result_store.ts";
import { parquetStream } from "../../../src/serve/measurements/results_parquet.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import { RunningServer } from "../running_server.ts";

type Row = Record<string, unknown>;

/** A result out of a row, as its line has it. */
function resultOf({ rest, from, to, run: _, ...columns }: Row): Row {
  const known = Object.entries(columns)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]);
  const time = from instanceof Date && to instanceof Date
    ? { time: { from: from.toISOString(), to: to.toISOString() } }
    : {};
  return { ...Object.fromEntries(known), ...time, ...JSON.parse(String(rest ?? "{}")) };
}

function result(at: number): Row {
  return {
    dip: `10.0.${at >> 8}.${at & 255}`,
    dp: 80 + at,
    ...(at % 2 === 0 ? { domain: `höst${at}.example`, rank: 2 ** 40 + at } : {}),
    sip: "192.0.2.1",
    time: {
      from: new Date(1.8e12 + at).toISOString(),
      to: new Date(1.8e12 + at + 321).toISOString(),
    },
    path: ["192.0.2.1", "*"],
    spider: { name: "ecn", version: "1.0.0" },
    conditions: at % 3 === 0 ? [] : ["ecn.connectivity.works", `ecn.number.${at % 5}`],
  };
}

async function rowsOf(octets: Uint8Array<ArrayBuffer>): Promise<Row[]> {
  return await parquetReadObjects({ file: octets.buffer });
}

async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
}

/** The file of some lines, which come so many at once. */
async function fileOf(lines: readonly string[], atOnce = 500) {
  let at = 0;
  const rows = lines.map((line) => ({ run: 7, line }));
  return await whole(parquetStream(() => rows.slice(at, at += atOnce)));
}

Deno.test("a Parquet file has the results of the ndjson, with types, and filters as that has", async () => {
  await using running = new RunningServer();
  const all = Array.from({ length: 1000 }, (_, at) => result(at));
  let id: string;
  {
    using database = Database.open(running.database);
    const request = { spider: "ecn" } as Parameters<MeasurementStore["add"]>[1];
    // In a year, so that it is not begun
    const measurement = new MeasurementStore(database)
      .add(null, request, [], Date.now() + 3e10, Date.now());
    new ResultStore(database).addResults(measurement, all);
    id = measurement.id;
  }
  const asked = (query: string) => fetch(`${running.url}/measurements/${id}/results?${query}`);
  for (const filter of ["", "condition=ecn.number.4", "prefix=10.0.2.0/24", "after=990"]) {
    const answer = await asked(`format=parquet&${filter}`);
    assertEquals(answer.headers.get("content-type"), "application/vnd.apache.parquet");
    const rows = await rowsOf(await answer.bytes());
    const lines = (await (await asked(filter)).text()).trim().split("\n");
    assertEquals(rows.map(resultOf), lines.map((line) => JSON.parse(line)), filter);
    assert(rows.length > 5 && (filter === "" || rows.length < 300), `${filter} ${rows.length}`);
    const { dp, rank, from, conditions } = rows.find(({ domain }) =>
      domain !== null && domain !== undefined
    )!;
    assertEquals([typeof dp, typeof rank, from instanceof Date, Array.isArray(conditions)], [
      ...["bigint", "bigint", true, true],
    ]);
  }
  const paged = await asked("format=parquet&limit=5");
  assertEquals([paged.status, (await paged.json()).errors[0].at], [422, "limit"]);
});

Deno.test("a file without results is one too", async () => {
  const octets = await fileOf([]);
  assertEquals(await rowsOf(octets), []);
  assertEquals(
    parquetMetadata(octets.buffer).schema.flatMap(({ name, num_children: children }) =>
      children === undefined ? [name] : []
    ),
    ["dip", "dp", "domain", "rank", "sip", "from", "to", "element", "run", "rest"],
  );
});

Deno.test("what fits no column is kept beside them, whatever it is", async () => {
  const lines = [
    '{"dip":7,"dp":1.5,"domain":null,"rank":1e300,"conditions":"none","time":"never"}',
    '{"dip":"\\ud800","from":"me","time":{"from":"yesterday","to":"2026-11-30T12:00:00.000Z"}}',
    '{"__proto__":{"polluted":1},"time":{},"conditions":[1]}',
    '{"run":"of a target"}',
    "{}",
  ];
  const rows = await rowsOf(await fileOf(lines));
  assertEquals(
    rows.map(({ rest }) => JSON.stringify(JSON.parse(String(rest ?? "{}")))),
    lines.map((line) => JSON.stringify(JSON.parse(line))),
  );
  assertEquals(rows.map(({ run }) => run), lines.map(() => 7n));
  assertEquals(({} as { polluted?: unknown }).polluted, undefined);
});

Deno.test("a file is made of row groups of bounded length, by results and by octets", async () => {
  const groups = async (lines: readonly string[], atOnce: number) =>
    parquetMetadata((await fileOf(lines, atOnce)).buffer).row_groups.map(({ num_rows: rows }) =>
      Number(rows)
    );
  const short = Array.from({ length: 5000 }, (_, at) => `{"rank":${at}}`);
  assertEquals(await groups(short, 500), [2000, 2000, 1000]);
  const long = Array.from({ length: 5 }, () => JSON.stringify({ headers: "x".repeat(5 << 20) }));
  assertEquals(await groups(long, 1), [2, 2, 1]);
});
