import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Database } from "../../../src/serve/database/database.ts";
import { MIGRATIONS } from "../../../src/serve/database/migrations.ts";
import { ProblemError } from "../../../src/serve/http/problem.ts";
import { ResultGroups } from "../../../src/serve/measurements/result_groups.ts";
import { ResultStore } from "../../../src/serve/measurements/result_store.ts";
import { ResultViews, type Sort, SORTS } from "../../../src/serve/measurements/result_views.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import { NetworkTable } from "../../../src/serve/page/network_table.ts";
import { Folder } from "../../data/temporary.ts";

const REQUEST = { spider: "ecn" } as unknown as Parameters<MeasurementStore["add"]>[1];
const EPOCH = Date.UTC(2026, 10, 30);

/** A result at some second. */
function result(second: number, dip: string | null, ...conditions: readonly string[]) {
  const time = { from: new Date(EPOCH + second * 1000).toISOString() };
  return dip === null ? { domain: "host.example", time, conditions } : { dip, time, conditions };
}

function filled() {
  const database = Database.open(":memory:");
  const [store, kept] = [new MeasurementStore(database), new ResultStore(database)];
  const measurement = store.add(null, REQUEST, ["{}"]);
  return { database, store, kept, views: new ResultViews(database), measurement };
}

Deno.test("results are told by their place in any order, also those with a condition alone", () => {
  const { database, kept, views, measurement } = filled();
  using _database = database;
  const some = [
    result(0, "192.0.2.9", "ecn.works"),
    result(1, "2001:db8::1", "ecn.works"),
    result(2, "192.0.2.1", "ecn.broken"),
    result(3, null, "ecn.broken"),
  ];
  kept.addResults(measurement, some);
  kept.addResults({ ...measurement, run: 2 }, [result(9, "192.0.2.1", "ecn.works")]);
  const page = (sort: Sort, filter = {}, offset = 0, most = 10) =>
    views.page(measurement, filter, { sort, offset, most }).rows
      .map(({ line }) => JSON.parse(line)).map(({ dip, domain }) => dip ?? domain);
  const order = ["192.0.2.9", "2001:db8::1", "192.0.2.1", "host.example", "192.0.2.1"];
  const byAddress = ["host.example", "2001:db8::1", "192.0.2.1", "192.0.2.1", "192.0.2.9"];
  assertEquals(SORTS.map((sort) => page(sort)), [
    order,
    order.toReversed(),
    byAddress,
    byAddress.toReversed(),
  ]);
  assertEquals(page("address", {}, 1, 2), ["2001:db8::1", "192.0.2.1"]);
  assertEquals(page("order", { condition: "ecn.broken" }), ["192.0.2.1", "host.example"]);
  assertEquals(page("-order", { condition: "ecn.works" }, 1, 1), ["2001:db8::1"]);
  assertEquals(page("-address", { condition: "ecn.works", run: 1 }), ["192.0.2.9", "2001:db8::1"]);
  const first = Uint8Array.of(192, 0, 2, 0);
  const prefix = { first, last: Uint8Array.of(192, 0, 2, 8) };
  assertEquals(page("order", { prefix, condition: "ecn.works" }), ["192.0.2.1"]);
  assertEquals(page("order", {}, 5), []);
  assertEquals(page("-address", {}, 3, 9), ["2001:db8::1", "host.example"]);
  const counts = [{}, { run: 2 }, { condition: "ecn.works" }, { condition: "ecn.works", run: 1 }, {
    prefix,
  }, { to: EPOCH + 2000 }];
  assertEquals(counts.map((filter) => views.count(measurement, filter)), [5, 1, 3, 2, 2, 2]);
});

Deno.test("of more results with a condition than are put in order, a page is the same", () => {
  const { database, kept, views, measurement } = filled();
  using _database = database;
  const many = Array.from({ length: 50_002 }, (_, at) => {
    const dip = `10.${at >> 16}.${at >> 8 & 255}.${at & 255}`;
    return result(at, dip, at === 7 ? "ecn.broken" : "ecn.works");
  });
  kept.addResults(measurement, many.toReversed());
  const filter = { condition: "ecn.works" };
  const page = (offset: number) =>
    views.page(measurement, filter, { sort: "address", offset, most: 1 }).rows
      .map(({ line }) => JSON.parse(line).dip);
  assertEquals(views.count(measurement, filter), 50_001);
  assertEquals([page(6), page(7), page(50_000), page(50_001)], [
    ["10.0.0.6"],
    ["10.0.0.8"],
    ["10.0.195.81"],
    [],
  ]);
});

Deno.test("runs are summed up, and a batch that is begun again counts once", () => {
  const { database, store, kept, views, measurement } = filled();
  using _database = database;
  kept.addResults(measurement, [result(5, "192.0.2.1", "a", "a"), result(2, "192.0.2.2", "b")]);
  store.begin(measurement);
  assertEquals([views.runs(measurement, 9), kept.countResults(measurement)], [[], 0]);
  kept.addResults(measurement, [result(5, "192.0.2.1", "a", "a")]);
  kept.addResults(measurement, [result(4, "192.0.2.2", "a")]);
  kept.addResults({ ...measurement, run: 2, batch: 2 }, [result(60, "192.0.2.1", "b")]);
  assertEquals(views.runs(measurement, 9), [
    { run: 1, time: EPOCH + 4000, results: 2, conditions: { a: 2 } },
    { run: 2, time: EPOCH + 60_000, results: 1, conditions: { b: 1 } },
  ]);
  assertEquals(views.runs(measurement, 1).map(({ run }) => run), [2]);
  assertEquals([kept.countResults(measurement), kept.countConditions(measurement)], [
    3,
    Object.assign({}, { a: 2, b: 1 }),
  ]);
});

Deno.test("results of a database of the first version are counted when it is opened", () => {
  using folder = new Folder();
  const path = folder.at("serve.db");
  const old = new DatabaseSync(path);
  old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1;
    INSERT INTO measurements (number, id, state, request, created, origin, targets)
      VALUES (1, 'one', 'completed', '{}', 0, 0, 2);
    INSERT INTO results (measurement, run, batch, time, line) VALUES (1, 1, 1, 7, '{}'),
      (1, 1, 1, 5, '{}');
    INSERT INTO conditions VALUES (1, 'a', 1), (1, 'a', 2), (1, 'b', 2)`);
  old.close();
  using database = Database.open(path);
  const measurement = new MeasurementStore(database).get("one")!;
  assertEquals(new ResultViews(database).runs(measurement, 9), [
    { run: 1, time: 5, results: 2, conditions: { a: 2, b: 1 } },
  ]);
});

Deno.test("groups that stand out come first: by prefix, and by what a table of networks says", async () => {
  const { database, kept, views, measurement } = filled();
  using _database = database;
  const box = (at: number) => result(at, `198.51.100.${at}`, "broken");
  const clean = (at: number) => result(at, `32.1.13.${at}`, at === 0 ? "broken" : "works");
  const six = (at: number) => result(at, `2001:db8:${at % 2}::${at.toString(16)}`, "works");
  const twenty = Array.from({ length: 20 }, (_, at) => at);
  kept.addResults(measurement, [...twenty.map(clean), ...twenty.map(six), ...twenty.map(box)]);
  kept.addResults(measurement, [result(0, null, "works")]);
  let networks: NetworkTable | null = null;
  const groups = new ResultGroups(views, () => networks, new AbortController().signal);
  assertEquals(groups.offered, ["prefix"]);
  const of = async (by: typeof groups.offered[number]) => {
    const { groups: all, ...sums } = await groups.of(measurement, {
      by,
      condition: "broken",
      run: 1,
    });
    return { ...sums, all };
  };
  const name = null;
  assertEquals(await of("prefix"), {
    results: 61,
    having: 21,
    count: 4,
    all: [
      { group: "198.51.100.0/24", name, results: 20, having: 20, stands_out: true },
      { group: "2001:db8::/48", name, results: 10, having: 0, stands_out: false },
      { group: "2001:db8:1::/48", name, results: 10, having: 0, stands_out: false },
      { group: "32.1.13.0/24", name, results: 20, having: 1, stands_out: false },
    ],
  });
  networks = new NetworkTable(
    "prefix,asn,country,name\n198.51.100.0/24,64496,de,Box\n2001:db8::/32,AS64497,FR,\n",
    "a table",
  );
  groups.forget();
  const { all } = await of("asn");
  assertEquals(all.map(({ group, name, having }) => [group, name, having]), [
    ["AS64496", "Box", 20],
    ["", null, 1],
    ["AS64497", "", 0],
  ]);
  assertEquals((await of("country")).all.map(({ group }) => group), ["DE", "", "FR"]);
  assert(await groups.of(measurement, { by: "prefix", condition: "none", run: 1 }));
});

Deno.test("of more groups than are counted at once, those that stand out are told, with all of theirs", async () => {
  const { database, kept, views, measurement } = filled();
  using _database = database;
  const clean = Array.from({ length: 300 }, (_, at) => result(at, `10.0.${at}.1`, "works"));
  // IPv6 addresses of the same first octets come between those of this prefix
  const box = [0, 255].flatMap((last) =>
    Array.from({ length: 9 }, (_, at) => result(at, `32.1.13.${Math.abs(last - at)}`, "broken"))
  );
  const six = Array.from({ length: 300 }, (_, at) => result(at, `2001:d80:${at}::1`, "works"));
  kept.addResults(measurement, [...clean.slice(0, 255), ...box, ...six]);
  const limits = { read: 20, counted: 50, answered: 5 };
  const groups = new ResultGroups(views, () => null, new AbortController().signal, limits);
  const found = await groups.of(measurement, { by: "prefix", condition: "broken", run: 1 });
  assertEquals([found.groups[0], found.count, found.groups.length], [
    { group: "32.1.13.0/24", name: null, results: 18, having: 18, stands_out: true },
    556,
    5,
  ]);
  const ending = new ResultGroups(views, () => null, AbortSignal.abort(), limits);
  await assertRejects(
    () => ending.of(measurement, { by: "prefix", condition: "broken", run: 1 }),
    ProblemError,
    "this server is ending",
  );
});
